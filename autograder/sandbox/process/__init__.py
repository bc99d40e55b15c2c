"""Worker processes, seen by the grader: started, talked to, ended with all they started."""
