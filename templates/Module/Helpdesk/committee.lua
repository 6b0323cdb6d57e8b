--- The part of the committee page that the bot keeps.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, date, user = text.get, text.date, text.user
local is_set, is_yes = base.is_set, base.is_yes

local p = {}

p['committee start'] = function(args)
	local filled = tonumber(args.filled)
	local seats = filled and '<p>' .. get('committee-seats', filled, tonumber(args.seats), tonumber(args.vacant)) .. '</p>' or ''
	return '<div' .. text.attributes() .. ' style="' .. base.BOX .. '">' .. seats
		.. (filled == 0 and '<p>' .. get('committee-nobody') .. '</p>' or '')
end

p['committee end'] = function()
	local talk = mw.title.getCurrentTitle().talkPageTitle
	local join = talk and '<p>' .. get('committee-join', talk.prefixedText) .. '</p>' or ''
	return join .. '</div>'
end

local HEADINGS = { chair = 'chairs', member = 'members', staff = 'staffs', secretary = 'secretaries', adviser = 'advisers' }

--- A role; below it stand those who have it.
p['committee role'] = function(args)
	return '<div style="font-weight:bold; margin-block-start:0.5em" role="heading" aria-level="3">'
		.. get('committee-' .. (HEADINGS[args.role] or 'former')) .. '</div>'
end

--- A person with the term, or with the years of former terms.
p['committee person'] = function(args)
	local words = { user(args.user).shown }
	if is_set(args['last year']) then
		return base.item(words[1] .. text.brackets((args['first year'] or '') .. '–' .. args['last year']))
	end
	base.add_term(words, args)
	if is_yes(args.soon) then
		table.insert(words, '<b>' .. get('committee-soon') .. '</b>')
	end
	if is_set(args.away) then
		table.insert(words, get('committee-away', date(args.away)))
	end
	return base.item(table.concat(words, text.comma()))
end

return p
