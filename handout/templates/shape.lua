-- What Markdown cannot say and a reader needs, for each of the two outputs.
--   HTML:  wide tables and code scroll by themselves, and the keyboard can scroll them;
--          pictures (SVG) stand in the page itself
--   PDF:   boxes and rulings become functions of page.typ; pictures and formulas
--          get the text that a screen reader speaks

local function is(format) return FORMAT:match(format) end

local function block(text) return pandoc.RawBlock('typst', text) end

local function inline(text) return pandoc.RawInline('typst', text) end

function Table(tbl)
  if not is('html') then return end
  local label = pandoc.utils.stringify(tbl.caption.long)
  if label == '' then label = 'Table' end
  local attributes = {{'role', 'region'}, {'tabindex', '0'}, {'aria-label', label}} -- a list keeps its order
  return pandoc.Div(tbl, pandoc.Attr('', {'scroll'}, attributes))
end

function CodeBlock(code)
  if not is('html') then return end
  for line in code.text:gmatch('[^\n]+') do
    if #line > 40 then code.attributes.tabindex = '0' end -- may scroll on a phone
  end
  return code
end

-- A formula of its own scrolls like a table.  The longer ones may, on a phone: the keyboard reaches them.
function Para(para)
  local math = para.content[1]
  if not is('html') or not math or math.t ~= 'Math' or math.mathtype ~= 'DisplayMath' then return end
  local attributes = #math.text > 60 and {{'role', 'region'}, {'tabindex', '0'}, {'aria-label', 'Formula'}} or {}
  return pandoc.Div(para, pandoc.Attr('', {'scroll', 'formula'}, attributes))
end

function Div(div)
  if not is('typst') then return end
  for _, class in ipairs({'box', 'rulings'}) do
    if div.classes:includes(class) then
      return {block('#' .. class .. '_['), pandoc.Div(div.content), block(']')}
    end
  end
end

function DefinitionList(list)
  if is('typst') then return {block('#levels_['), list, block(']')} end
end

function BulletList(list)
  if not is('typst') then return end
  local first = pandoc.utils.stringify(list.content[1])
  if first:sub(1, #'☐') == '☐' then return {block('#checklist_['), list, block(']')} end
end

-- A paragraph stays on the page of what it announces: after a colon, or a formula or code.
local function announces(paragraph, following)
  if paragraph.t ~= 'Para' or not following then return false end
  local inside = following.t == 'Para' and following.content[2] -- for Typst, Math() has put its text before it
  local is_formula = inside and inside.t == 'Math' and inside.mathtype == 'DisplayMath'
    or following.t == 'Div' and following.classes:includes('formula') -- for HTML, of Para()
  return following.t == 'CodeBlock' or is_formula or pandoc.utils.stringify(paragraph):sub(-1) == ':'
end

function Blocks(blocks)
  local kept = pandoc.Blocks {}
  for i, each in ipairs(blocks) do
    if announces(each, blocks[i + 1]) then
      kept:extend(is('typst') and {block('#block(sticky: true)['), each, block(']')}
        or {pandoc.Div(each, pandoc.Attr('', {'announces'}))})
    else
      kept:insert(each)
    end
  end
  return kept
end

-- A Typst string: in quotes, on one line.
local function quoted(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('%s+', ' ') .. '"'
end

function Math(math)
  if not is('typst') then return end
  return {inline('#[#set math.equation(alt: ' .. quoted(math.text) .. ');'), math, inline(']')}
end

function Image(image)
  local alt = image.attributes.alt or pandoc.utils.stringify(image.caption)
  if is('typst') then
    return inline('#image(' .. quoted(image.src) .. ', width: 100%, alt: ' .. quoted(alt) .. ')')
  end
  local _, svg = pandoc.mediabag.fetch(image.src)
  local label = alt:gsub('&', '&amp;'):gsub('"', '&quot;')
  svg = svg:gsub('<svg', '<svg role="img" aria-label="' .. label .. '"', 1)
  return pandoc.RawInline('html', '<span class="scroll picture" tabindex="0">' .. svg .. '</span>')
end
