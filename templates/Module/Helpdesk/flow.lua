--- How requests move: the page that draws it, and a strip of it for other pages. Both tell how many requests are where as the
-- status page has it, and are drawn anew when that one changes.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, apart, plain = text.get, text.apart, text.plain
local config, CHIP, status = base.config, base.CHIP, base.status
local is_set, is_yes, count, small = base.is_set, base.is_yes, base.count, base.small

local p = {}

local LIST = '<ol role="list" style="list-style:none; margin:0; padding:0; margin-block:0.5em 1em; '
-- The lines of the drawing, in the skin's own colour for what is beside the words.
local INK = 'var(--color-subtle,#54595d)'
local LINE = '2px solid ' .. INK

--- How many requests there are in each status, by the status page; nil where it does not tell.
local function counts(of)
	local written = base.block(of, 'status'):match('{{Helpdesk flow|?([^{}]*)}}')
	if not written then
		return nil
	end
	local found = {}
	for id, n in written:gmatch('([^|=]+)=(%d+)') do
		found[mw.text.trim(id)] = n
	end
	return found
end

--- How many requests are where, as a line of links to their categories.
function p.flow(args, frame)
	local is_elsewhere = is_set(args.of)
	local numbers = is_elsewhere and counts(args.of) or args
	local parts, last = {}, nil
	for _, known in ipairs(config.flow) do
		local n, about = count(numbers[known]), config.statuses[known]
		if n > 0 or not about.closed and not about.spare then
			if about.closed and last == false then
				table.insert(parts, '<li aria-hidden="true" style="margin:0; border-inline-start:2px solid ' .. base.LINE .. '"></li>')
			end
			last = about.closed
			local link = '[[:Category:' .. about.category .. '|' .. status(known) .. ']]'
			table.insert(parts, '<li style="margin:0; ' .. CHIP .. '">' .. link .. ' <b>' .. text.number(n) .. '</b></li>')
		end
	end
	if is_set(config.flowPage) then
		local link = '[[' .. config.flowPage .. '|' .. get('landing-follow-flow') .. ']]'
		table.insert(parts, '<li style="margin:0; padding:0.1em 0.3em">' .. link .. '</li>')
	end
	local ask = ''
	if not is_elsewhere then
		ask = '<div style="display:flex; flex-wrap:wrap; align-items:center; justify-content:space-between; gap:0 1em"><b>[['
			.. config.intake .. '|' .. get('landing-ask-link') .. ']]</b><div class="noprint">' .. p.search(nil, frame) .. '</div></div>'
	end
	return '<div' .. text.attributes() .. '>' .. ask .. LIST .. 'display:flex; flex-wrap:wrap; gap:0.4em">'
		.. table.concat(parts) .. '</ol></div>'
end

--- A box that searches all requests.
function p.search(_, frame)
	return frame:extensionTag('inputbox', table.concat({
		'type=fulltext', 'prefix=' .. config.intake .. '/', 'placeholder=' .. plain('search-name'), 'arialabel=' .. plain('search-name'),
		'searchbuttonlabel=' .. plain('search-button'), 'width=24',
	}, '\n'))
end

--- The label of a status. One that the modules do not know has the bot's.
local function label(id, written)
	return apart(config.statuses[id] and status(id) or written or id or '')
end

local function anchor(id)
	return 'helpdesk-flow-' .. (id or '')
end

--- Where something stands in the drawing. Each place takes four rows: three of a box, since lines come to it above where they
-- leave it, and one below it.
local function row_of(place)
	return 4 * count(place) - 3
end

--- The look of what fills a place.
local function in_place(row)
	return 'margin:0; grid-column:1; grid-row:' .. row .. '/' .. row + 3
end

p['flow start'] = function(args)
	local lanes = count(args.lanes)
	local width = lanes > 6 and math.max(4, math.floor(84 / lanes)) or 14
	local columns = 'minmax(0,1fr)' .. (lanes > 0 and ' repeat(' .. lanes .. ',' .. width .. 'px)' or '')
	return '<div class="helpdesk-flow"' .. text.attributes() .. '><h2>' .. get('flow-title') .. '</h2><p>' .. get('flow-intro')
		.. '</p><p>' .. small(get('flow-times')) .. '</p>' .. LIST .. 'max-width:60em; display:grid; grid-template-columns:' .. columns
		.. '; grid-template-rows:repeat(' .. math.max(1, count(args.places)) .. ',auto auto auto 1.6em)">'
end

p['flow end'] = function()
	return '</ol></div>'
end

--- A status, with how many requests are there, how long they stay, and where rules lead.
p['flow status'] = function(args)
	local numbers, row = counts(args.of), row_of(args.place)
	local about = { '<b style="font-size:110%">' .. label(args.status, args.label) .. '</b>' }
	if numbers then
		local many = get('flow-requests', count(numbers[args.status]))
		table.insert(about, is_set(args.category) and '[[:Category:' .. args.category .. '|' .. many .. ']]' or many)
	end
	if is_set(args.stayed) then
		table.insert(about, get('flow-stayed', text.span(args.stayed), count(args.stays)))
	end
	if is_yes(args.first) then
		table.insert(about, small(get('rules-first')))
	end
	if is_yes(args.votable) then
		table.insert(about, small(get('flow-votable')))
	end
	local names, targets, labels = base.list(args, 'rule'), base.list(args, 'to'), base.list(args, 'to label')
	local ways = {}
	for n, name in ipairs(names) do
		local to = '<b>[[#' .. anchor(targets[n]) .. '|' .. label(targets[n], labels[n]) .. ']]</b>'
		table.insert(ways, '<li style="margin:0">' .. to .. small(text.brackets(base.rule(name))) .. '</li>')
	end
	local leads = ''
	if ways[1] then
		leads = get('flow-ways') .. '<ul style="margin-block:0">' .. table.concat(ways) .. '</ul>'
	elseif not is_yes(args.closed) then
		leads = get('rules-none')
	end
	-- A closed one has little to say.
	local between = is_yes(args.closed) and text.space() or '<br>'
	local border = (is_yes(args.closed) and '2px dashed ' or '2px solid ') .. base.LINE
	return '<li id="' .. anchor(args.status) .. '" style="' .. in_place(row) .. '; border:' .. border .. '; border-radius:8px; '
		.. 'padding:0.4em 0.8em; break-inside:avoid; display:flex; flex-wrap:wrap; gap:0.3em 1.5em; ' .. base.WRAP
		.. '"><div style="flex:1 1 12em">' .. table.concat(about, between) .. '</div>'
		.. (leads ~= '' and '<div style="flex:2 1 14em">' .. leads .. '</div>' or '') .. '</li>'
end

--- What stands between open and closed statuses.
p['flow closed'] = function(args)
	local row = row_of(args.place)
	return '<li style="' .. in_place(row) .. '"><b>' .. get('flow-closed') .. '</b></li>'
end

--- The head of an arrow, at that place of the element that it belongs to.
local function head(place, sides, tip)
	return '<span style="position:absolute; ' .. place .. '; border-' .. sides .. ':5px solid transparent; border-' .. tip
		.. ':8px solid ' .. INK .. '"></span>'
end

--- A line of the drawing. Whoever reads by ear has it among the rules of its status.
p['flow way'] = function(args)
	local from, to, lane = row_of(args.from), row_of(args.to), tonumber(args.lane)
	local function line(column, rows, looks, arrow)
		return '<li aria-hidden="true" style="margin:0; position:relative; grid-column:' .. column .. '; grid-row:' .. rows .. '; '
			.. looks .. '">' .. arrow .. '</li>'
	end
	if not lane then
		return line('1', tostring(from + 3), 'justify-self:start; margin-inline-start:2em; border-inline-start:' .. LINE,
			head('inset-block-end:0; inset-inline-start:-6px', 'inline', 'block-start'))
	end
	-- Out of a box at its lower third, into one at its upper third.
	local is_down = to > from
	local out, into = from + 2, to + 1
	local top, bottom = math.min(out, into), math.max(out, into)
	local looks = 'border:' .. (is_down and LINE or '2px dashed ' .. INK) .. '; border-inline-start:0; border-start-end-radius:8px; '
		.. 'border-end-end-radius:8px'
	local place = (is_down and 'inset-block-end:-6px' or 'inset-block-start:-6px') .. '; inset-inline-start:0'
	return line('2/' .. lane + 2, top .. '/' .. bottom, looks, head(place, 'block', 'inline-end'))
end

return p
