--- The page of rules.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, apart = text.get, text.apart
local config, is_set, is_yes, status = base.config, base.is_set, base.is_yes, base.status

local p = {}

--- The label of a status. One that the modules do not know yet has the bot's.
local function label(args)
	return apart(config.statuses[args.status] and status(args.status) or args.label or args.status or '')
end

p['rules start'] = function(args)
	local words = { get('rules-intro') }
	if is_set(args.revision) then
		local written = text.user(args.user)
		table.insert(words, get('rules-version', args.page, written, text.date(args.time)) .. base.by_edit(args.revision))
	elseif is_set(args.page) then
		table.insert(words, get('rules-operator', args.page))
	end
	if is_set(args.newer) then
		table.insert(words, get('rules-newer') .. text.colon() .. get('problem-' .. (args['newer is'] or '')) .. base.by_edit(args.newer))
	end
	return '<div' .. text.attributes() .. '><h2>' .. get('rules-title') .. '</h2><p>' .. table.concat(words, '</p><p>') .. '</p>'
end

p['rules end'] = function()
	return '</div>'
end

--- A status; below it stand the rules that start from it.
p['rules status'] = function(args)
	local words = {}
	if is_yes(args.first) then
		table.insert(words, get('rules-first'))
	end
	if args.rules == '0' then
		table.insert(words, get(is_yes(args.closed) and 'rules-closed' or 'rules-none'))
	end
	return '<h3 id="helpdesk-' .. (args.status or '') .. '">' .. label(args) .. '</h3>'
		.. (words[1] and '<p>' .. table.concat(words, text.space()) .. '</p>' or '')
end

--- A rule; below it stand its conditions. It may stand below several statuses; links lead to the first of these.
p.rule = function(args)
	local name = args.rule or ''
	local id = not is_yes(args.again) and ' id="' .. mw.text.encode(base.rule_anchor(name)) .. '"' or ''
	local to = '<b>' .. label { status = args.to, label = args.label } .. '</b>'
	return '<div' .. id .. ' style="margin-block-start:0.5em">' .. get('rules-rule', apart(name), to) .. '</div>'
end

p['rule condition'] = function(args)
	return base.item(base.condition(args))
end

return p
