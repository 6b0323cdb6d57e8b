--- Finished requests on show: on a page of their own, one of each type on the landing page and with its form.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, apart, small, is_set = text.get, text.apart, base.small, base.is_set

local p = {}

local GRID = '<div class="helpdesk-examples" style="display:grid; '
	.. 'grid-template-columns:repeat(auto-fill, minmax(min(16em, 100%), 1fr)); gap:1em; margin-block:0.5em 1em">'
local CARD = '<div style="border:1px solid ' .. base.LINE .. '; padding:0.75em; ' .. base.WRAP .. '">'

local function link(args)
	return '[[:' .. (args.page or '') .. '|' .. apart(is_set(args.title) and args.title or args.page or '') .. ']]'
end

--- Whether the wiki has the file on its list of those that are not shown in pages, whatever exceptions stand there.
local function is_barred(file)
	local list = mw.title.new('Bad image list', 8):getContent() or ''
	local most_of_it = mw.ustring.sub(file.text, 2)
	for line in list:gmatch('[^\n]+') do
		if line:gsub('_', ' '):find(most_of_it, 1, true) then
			local title = mw.title.new(line:match('^%*.-%[%[:?(.-)%]%]') or '')
			if title and title.text == file.text then
				return true
			end
		end
	end
	return false
end

--- The picture, with its page behind it: that says whose it is. Nothing where there is no such file, or it is not to be shown.
local function picture(args)
	if not is_set(args.image) then
		return ''
	end
	local _, title = base.link_to(args.image, 6)
	-- A page may ask for so many files, and no more.
	local asked, is_there = pcall(function() return title.file.exists end)
	return asked and is_there and not is_barred(title) and '<div style="margin-block-end:0.5em">[[' .. title.prefixedText
		.. '|frameless|200x200px|alt=' .. title.text .. ']]</div>' or ''
end

--- One finished request.
function p.example(args)
	local about = {}
	for _, value in ipairs { args.partner or '', args.country or '' } do
		if value ~= '' then
			table.insert(about, apart(value))
		end
	end
	table.insert(about, get('examples-since', text.date(args.since)))
	local lines = { picture(args) .. '<b>' .. link(args) .. '</b>', small(table.concat(about, ' · ')), apart(args.text or '') }
	local came_of = table.concat(base.came_of(args), ' · ')
	for _, words in ipairs { came_of, base.helped(args) or '' } do
		if words ~= '' then
			table.insert(lines, small(words))
		end
	end
	return CARD .. table.concat(lines, '<br>') .. '</div>'
end

--- What the page is, and what people can do with it.
p['examples start'] = function(args)
	local function call(name)
		return '<code dir="ltr">&#123;&#123;Helpdesk ' .. name .. '&#124;…&#125;&#125;</code>'
	end
	return '<div' .. text.attributes() .. '><p>' .. get('examples-about') .. '</p><p>' .. small(get('examples-wishes', call('show'),
		call('hide'))) .. '</p>' .. (args.count == '0' and '<p>' .. get('examples-none') .. '</p>' or '')
end

p['examples end'] = function()
	return '</div>'
end

p['examples type'] = function(args)
	return '<h2>' .. (is_set(args.type) and apart(base.type_label(args.type)) or '–') .. '</h2>' .. GRID
end

p['examples type end'] = function(args)
	if not is_set(args.more) then
		return '</div>'
	end
	local more = get('examples-more', tonumber(args.more) or args.more)
	return '</div><p>' .. (is_set(args.archive) and '[[Special:PrefixIndex/' .. args.archive .. '|' .. more .. ']]' or more) .. '</p>'
end

--- The first example of each type, as the page of examples has them.
local function firsts(page)
	local found, seen = {}, {}
	for line in base.block(page, 'examples'):gmatch('{{Helpdesk example|([^{}\n]*)}}') do
		local args = base.values(line)
		local kind = args.type or ''
		if not seen[kind] then
			seen[kind] = true
			table.insert(found, args)
		end
	end
	return found
end

--- Those under a heading; nothing where there is none. What people put first goes before others, then what is newer.
p['examples few'] = function(args)
	local all = firsts(args.of)
	if not all[1] then
		return ''
	end
	table.sort(all, function(a, b)
		if (a.pinned or '') ~= (b.pinned or '') then
			return is_set(a.pinned)
		end
		return (a.since or '') > (b.since or '')
	end)
	local cards = {}
	for _, args in ipairs(all) do
		table.insert(cards, p.example(args))
	end
	return '<div' .. text.attributes() .. '><h2>' .. get('examples-title') .. '</h2>' .. GRID .. table.concat(cards) .. '</div>[['
		.. args.of .. '|' .. get('examples-all') .. ']]</div>'
end

--- An example of a request of that type; nil where there is none.
function p.link_of(page, kind)
	for _, args in ipairs(firsts(page)) do
		if args.type == kind then
			return link(args)
		end
	end
end

--- What somebody wishes for the page, for its readers.
local function wish(key, args)
	local name = mw.text.trim(args[1] or '')
	local start = base.block(mw.title.getCurrentTitle().prefixedText, 'examples'):match('{{Helpdesk examples start|([^{}\n]*)}}')
	local is_unknown = name == ''
	for _, unknown in ipairs(base.list(base.values(start or ''), 'unknown')) do
		is_unknown = is_unknown or mw.text.decode(unknown) == mw.text.decode(name)
	end
	return '<span' .. text.attributes() .. '>' .. small(get(key, apart(name)) .. (is_unknown and text.space() .. '<b>'
		.. get('wish-unknown') .. '</b>' or '')) .. '</span>'
end

function p.show(args)
	return wish('wish-show', args)
end

function p.hide(args)
	return wish('wish-hide', args)
end

return p
