--- Minutes of meetings, and what they say of a request.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, apart, date, colon, space = text.get, text.apart, text.date, text.colon, text.space
local config, BOX, is_set, status = base.config, base.BOX, base.is_set, base.status

local p = {}

local function line(label, words)
	return is_set(words) and '<div>' .. label .. apart(words) .. '</div>' or ''
end

local function named(key, words)
	return line(get(key) .. colon(), words)
end

--- A link to a request, by its page, its title or a link as written.
local function request(written)
	if not is_set(written) or written:find('[[', 1, true) then
		return apart(written or '')
	end
	local below = config.intake .. '/'
	local name = written:sub(1, #below) == below and written:sub(#below + 1) or written
	return apart('[[:' .. below .. name .. '|' .. name .. ']]')
end

--- The head of a meeting's minutes.
function p.meeting(args)
	local day = is_set(args.date) and args.date or mw.title.getCurrentTitle().subpageText
	return '<div' .. text.attributes() .. ' style="' .. BOX .. '"><div style="font-weight:bold; font-size:115%">'
		.. get('meeting-of', date(day)) .. '</div>' .. named('meeting-present', args.present)
		.. named('meeting-apologies', args.apologies) .. '</div>'
end

--- What a meeting said of a request.
function p.item(args)
	local lines = { '<div' .. text.attributes() .. ' style="' .. BOX .. '"><b>' .. request(args.request) .. '</b>' }
	local function add(words)
		table.insert(lines, words)
	end
	add(line('<b>' .. get('decision') .. '</b>' .. space(), is_set(args.decision) and status(args.decision) or nil))
	for _, choice in ipairs(base.CHOICES) do
		add(named('vote-' .. choice, args[choice]))
	end
	add(named('item-recused', args.recused))
	add(line(get('priority') .. space(), args.priority))
	add(named('item-helper', args.helper))
	add(named('item-recommendation', args.recommendation))
	return table.concat(lines) .. '</div>'
end

--- In the box on a request page: what a meeting said of it.
p['ledger discussed'] = function(args)
	local said = is_set(args.recommendation) and colon() .. get('quoted', apart(args.recommendation)) or ''
	return base.item(get('ledger-discussed', base.meeting(args)) .. base.by_edit(args.revision) .. said)
end

return p
