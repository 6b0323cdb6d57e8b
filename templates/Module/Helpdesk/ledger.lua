--- The box on a request page that says where the request stands.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, find, apart, date, user = text.get, text.find, text.apart, text.date, text.user
local space, comma, colon, brackets = text.space, text.comma, text.colon, text.brackets
local config, START, BOX, CHIP = base.config, base.START, base.BOX, base.CHIP
local is_set, is_yes, small, item = base.is_set, base.is_yes, base.small, base.item
local difference, by_edit, status, field = base.difference, base.by_edit, base.status, base.field

local p = {}

--- A line of the box with what it says.
local function line(key, words, who)
	return '<div>' .. get(key, who) .. space() .. words .. '</div>'
end

--- Links with which people take part; each opens an editor with what they need in it.
local function act_links(args)
	local page, known = mw.title.getCurrentTitle(), config.statuses[args.status]
	local votes, shown = {}, {}
	for _, choice in ipairs(base.CHOICES) do
		if config.votes[choice] and known and known.votable and args.waiting ~= 'answer' then
			table.insert(votes, base.writing(page, 'Helpdesk vote', config.votes[choice], get('vote-' .. choice)))
		end
	end
	if votes[1] then
		table.insert(shown, base.links(get('act-vote'), votes))
	end
	if args.waiting == 'info-wanted' then
		table.insert(shown, base.links(nil, { base.writing(page, 'Helpdesk answer', nil, get('act-answer')) }))
	end
	if args.status == config.queue then
		local kind = is_set(args.type) and mw.text.decode(args.type) or nil
		table.insert(shown, base.links(nil, { base.writing(page, config.templates.claim, kind, get('act-claim')) }))
	end
	return table.concat(shown)
end

p['ledger start'] = function(args)
	local since = is_set(args.since) and space() .. get('since', date(args.since)) or ''
	local function data(name, value)
		return ' data-' .. name .. '="' .. mw.text.encode(mw.text.decode(value or '')) .. '"'
	end
	-- For the gadget: names with a bar between them.
	local owner = data('requester', table.concat(base.list(args, 'requester'), '|')) .. data('status', args.status)
		.. data('helper', table.concat(base.list(args, 'helper'), '|'))
	local lines = { '<div class="helpdesk-ledger"' .. owner .. text.attributes() .. ' style="' .. BOX .. '">'
		.. '<div role="heading" aria-level="2" style="font-weight:bold; font-size:115%">' .. get('ledger-title') .. '</div>',
		line('ledger-status', '<b>' .. apart(status(args.status)) .. '</b>' .. since .. base.set_by(args, user)) }
	if is_set(args.waiting) then
		local about = is_set(args['emptied revision']) and brackets(field(args.emptied) .. colon()
			.. get('emptied', user(args['emptied by'])) .. comma() .. difference(args['emptied revision'])) or ''
		if is_set(args['asked revision']) then
			local words = is_set(args.question) and get('quoted', apart(args.question)) or ''
			about = colon() .. words .. brackets(user(args['asked by']).shown .. comma() .. difference(args['asked revision']))
		end
		table.insert(lines, '<div>' .. base.waits(args, about) .. '</div>')
	end
	if args.waiting ~= 'answer' and base.total(args) == 0 then
		table.insert(lines, line('ledger-votes', get('none-yet')))
	end
	if is_set(args.priority) then
		table.insert(lines, line('ledger-priority', base.points(args.priority)))
	end
	if is_set(args.requester) then
		local filed = is_set(args['filed by']) and comma() .. get('ledger-filed-by', user(args['filed by'])) or ''
		-- The word for one person goes by their gender.
		local shown, many = base.people(args, 'requester')
		table.insert(lines, line('ledger-requester', shown .. filed, many == 1 and user(args.requester) or nil))
	end
	if base.lacks_assessment(args) then
		table.insert(lines, '<div>' .. get('assessment-missing') .. '</div>')
	end
	table.insert(lines, act_links(args))
	return table.concat(lines)
end

p['ledger end'] = function()
	return '<div style="margin-block-start:0.5em">' .. small(get('ledger-foot')) .. '</div></div>'
end

--- Who voted how, as it counts, in a line of chips.
p['ledger chips'] = function(args)
	local chips = {}
	for _, choice in ipairs(base.CHOICES) do
		local names = {}
		while is_set(args[choice .. ' ' .. #names + 1]) do
			table.insert(names, user(args[choice .. ' ' .. #names + 1]).shown)
		end
		if names[1] then
			table.insert(chips, '<span style="' .. CHIP .. '"><b>' .. get('votes-' .. choice, #names) .. '</b>' .. colon()
				.. table.concat(names, comma()) .. '</span>')
		end
	end
	local recused, many = base.people(args, 'recused')
	if many > 0 then
		table.insert(chips, '<span style="' .. CHIP .. '">' .. get('votes-recused', many) .. colon() .. recused .. '</span>')
	end
	return '<div style="display:flex; flex-wrap:wrap; gap:0.4em; margin-block:0.5em">' .. table.concat(chips) .. '</div>'
end

--- Who gave which score.
p['ledger scores'] = function(args)
	return '<div>' .. get('head-scores') .. colon() .. base.scores(args) .. '</div>'
end

--- What each rule waits for, folded.
p['ledger rules'] = function()
	return '<div class="mw-collapsible mw-collapsed" style="margin-block-start:0.5em"><b>' .. get('ledger-next')
		.. '</b><div class="mw-collapsible-content">'
end

p['ledger rules end'] = function()
	return '</div></div>'
end

p['ledger next'] = function(args)
	local rule = is_set(args.rule) and small(brackets(get('ledger-by-rule', base.rule(args.rule)))) or ''
	local to = '<b>' .. apart(status(args.to)) .. '</b>'
	return '<div style="margin-block-start:0.5em">' .. get('ledger-next-rule', to) .. rule .. '</div>'
end

p['ledger condition'] = function(args)
	local met = is_yes(args.holds) and '✓ ' .. get('met') or '✗ ' .. get('not-met')
	return item(met .. colon() .. base.condition(args))
end

--- A reference to an edit, with its time.
local function edit_at(revision, time)
	local words = is_set(time) and date(time, 'date-time')
	return is_set(revision) and difference(revision, words or nil) or words or ''
end

p['ledger change'] = function(args)
	local edit = is_set(args.revision) and brackets(edit_at(args.revision, args.time)) or ''
	return item(field(args.field) .. space() .. get('changed', user(args.user)) .. edit)
end

p['ledger votes'] = function(args)
	local heads = {}
	for _, column in ipairs { 'who', 'vote', 'when', 'counts' } do
		table.insert(heads, '<th scope="col">' .. get('head-' .. column) .. '</th>')
	end
	return '<div style="overflow-x:auto; margin-block:0.5em"><table class="wikitable mw-collapsible mw-collapsed" '
		.. 'style="margin:0; display:table; min-width:100%; ' .. START .. '"><caption style="' .. START .. '">' .. get('ledger-found')
		.. (is_set(args.count) and brackets(text.number(args.count)) or '') .. ' </caption><tr>' .. table.concat(heads) .. '</tr>'
end

p['ledger votes end'] = function()
	return '</table></div>'
end

--- One vote, and why it counts or does not.
p['ledger row'] = function(args)
	local is_recorded = is_set(args['for']) or is_set(args['recorded by'])
	local voter = user(is_set(args['for']) and args['for'] or args.user)
	local who = voter.shown
	if is_recorded then
		local by = user(is_set(args['recorded by']) and args['recorded by'] or args.user)
		who = who .. '<br>' .. small(is_set(args.meeting) and get('recorded-in-minutes', by, date(args.meeting)) or get('recorded-by', by))
	end
	local counts = get(is_yes(args.counted) and 'counted-yes' or 'counted-no')
	if args.choice == 'info' and is_yes(args.counted) then
		counts = get('counted-noted')
	end
	if is_set(args.why) and args.why ~= 'counted' then
		local needed = args.why == 'too-new' and text.duration(args.needed or '') or apart(args.needed or '')
		counts = counts .. colon() .. (find('why-' .. args.why, voter, tonumber(args.needed) or needed) or args.why)
	end
	if is_set(args['touched by']) or is_set(args['touched revision']) then
		counts = counts .. '<br>' .. small(get('touched', user(args['touched by'])) .. by_edit(args['touched revision']))
	end
	if is_set(args['changed revision']) then
		-- The minutes are another page.
		local since = (is_set(args.meeting) and '' or (args.revision or '') .. '/') .. args['changed revision']
		counts = counts .. '<br>' .. small(get('cast-before') .. by_edit(since))
	end
	local choice = find('vote-' .. (args.choice or '')) or args.choice or ''
	return '<tr><td>' .. who .. '</td><td>' .. choice .. '</td><td>' .. edit_at(args.revision, args.time) .. '</td><td>'
		.. counts .. '</td></tr>'
end

local function quoted(words)
	return get('quoted', apart(words or ''))
end

local function suggested(args)
	return is_set(args.suggestion) and space() .. get('notice-meant', quoted(args.suggestion)) or ''
end

--- Notices that are more than the name of a field and a sentence about it.
local NOTICES = {
	['lookalike'] = function(args)
		return get('notice-lookalike', apart(args.value), apart(args.allowed))
	end,
	['new-redirect'] = function(args)
		local function call(name)
			return '<code>&#123;&#123;' .. apart(name) .. '&#125;&#125;</code>'
		end
		return get('notice-new-redirect', call(args.value), apart(args.field), call(args.field))
	end,
	['unknown-parameter'] = function(args)
		return get('notice-unknown-parameter', apart(args.value), apart(args.field), '<code>for=</code>')
	end,
	['no-such-status'] = function(args)
		return get('notice-no-such-status', user(args.field), apart(args.allowed)) .. suggested(args)
	end,
	['not-entitled'] = function(args)
		return get('notice-not-entitled', user(args.field))
	end,
	['status-edit'] = function(args)
		return get('notice-status-edit', user(args.field), quoted(args.value))
	end,
	['status-put-back'] = function(args)
		return get('notice-status-put-back', user(args.field), quoted(args.value))
	end,
	['owner-not-confirmed'] = function(args)
		return get('notice-owner-not-confirmed', user(args.value), user(args.user))
	end,
	['owner-pending'] = function(args)
		return get('notice-owner-pending', user(args.value), user(args.user))
	end,
	['score-not-counted'] = function(args)
		return get('notice-score-not-counted', user(args.field))
	end,
	['no-such-score'] = function(args)
		return get('notice-no-such-score', user(args.field), quoted(args.value))
	end,
	['claim-not-counted'] = function(args)
		local who, list = user(args.field), is_set(config.helpers) and config.helpers or config.committee
		return get('notice-claim-not-counted', who) .. space() .. (find('claim-why-' .. (args.value or ''), who, list) or apart(args.value))
	end,
	['step-not-counted'] = function(args)
		local state = find('step-state-' .. (args.suggestion or '')) or apart(args.suggestion or '')
		return get('notice-step-not-counted', user(args.field), quoted(args.value), state, '<code>who=</code>')
	end,
	['step-taken-away'] = function(args)
		return get('notice-step-taken-away', user(args.field), quoted(args.value), '<code>dropped</code>')
	end,
	['no-such-state'] = function(args)
		return get('notice-no-such-state', quoted(args.field), quoted(args.value)) .. space()
			.. get('notice-allowed', apart(args.allowed)) .. suggested(args)
	end,
	['step-due'] = function(args)
		return get('notice-step-due', quoted(args.field), quoted(args.value))
	end,
	['outcome-not-counted'] = function(args)
		return get('notice-outcome-not-counted', user(args.field), quoted(args.value))
	end,
	['outcome-invalid'] = function(args)
		return get('notice-outcome-invalid') .. space() .. (find('outcome-wrong-' .. args.field, quoted(args.value)) or field(args.field))
	end,
	['more'] = function(args)
		return get('notice-more', tonumber(args.limit) or args.limit)
	end,
	['loose'] = function(args)
		return quoted(args.value) .. space() .. get('notice-loose', '<code>&#124;</code>', '<code>&#123;&#123;!&#125;&#125;</code>')
	end,
	['unknown'] = function(args)
		return quoted(args.field) .. space() .. get('notice-unknown')
			.. (is_set(args.suggestion) and suggested(args) or space() .. get('notice-unknown-todo'))
	end,
	['not-allowed'] = function(args)
		return field(args.field) .. (is_set(args.value) and colon() .. quoted(args.value) or '') .. space() .. get('notice-not-allowed')
			.. suggested(args) .. (is_set(args.allowed) and space() .. get('notice-allowed', apart(args.allowed)) or '')
	end,
	['not-matching'] = function(args)
		return field(args.field) .. (is_set(args.value) and colon() .. quoted(args.value) or '') .. space() .. get('notice-not-matching')
			.. (is_set(args.allowed) and space() .. get('notice-pattern', '<code>' .. args.allowed .. '</code>') or '')
			.. space() .. (find('help-' .. (args.field or '')) or '')
	end,
	['in-hint'] = function(args)
		return field(args.field) .. space() .. get('notice-in-hint', quoted(args.value))
	end,
	['around-box'] = function(args)
		return quoted(args.value) .. space() .. get('notice-around-box')
	end,
	['missing'] = function(args)
		return field(args.field) .. space() .. get('notice-missing') .. space() .. (find('help-' .. (args.field or '')) or '')
	end,
	['type-not-confirmed'] = function(args)
		local counts = is_set(args.suggestion) and get('notice-type-counts', quoted(args.suggestion)) or get('notice-type-counts-none')
		return field(args.field) .. space() .. get('notice-type-not-confirmed', user(args.user), quoted(args.value)) .. space()
			.. counts .. (is_yes(args.closed) and '' or space() .. get('notice-type-todo'))
	end,
	['unclosed'] = function(args)
		return field(args.field) .. space() .. get('notice-unclosed', '<code>' .. (args.value or '') .. '</code>')
	end,
	['too-long'] = function(args)
		local limit = tonumber(args.limit)
		return field(args.field) .. space() .. (limit and get('notice-too-long', limit) or get('notice-too-long-plain'))
	end,
}

--- Notices whose words say already whose edit it was.
local NAMES_WHO = { ['type-not-confirmed'] = true, ['owner-not-confirmed'] = true, ['owner-pending'] = true }

local REQUIRED = { missing = true, ['in-hint'] = true, ['too-long'] = true, ['not-allowed'] = true, ['not-matching'] = true }

--- What to mend in a request, or why something on its page has no effect.
p['ledger notice'] = function(args)
	local kind = args.kind or ''
	local words = NOTICES[kind] and NOTICES[kind](args) or field(args.field) .. space() .. (find('notice-' .. kind) or kind)
	local by = ''
	if is_set(args.revision) and not NAMES_WHO[kind] then
		by = space() .. get(kind == 'missing' and 'notice-emptied' or 'notice-since', user(args.user))
	end
	return item((REQUIRED[kind] and '<b>' .. get('notice-required') .. '</b> ' or '') .. words .. by .. by_edit(args.revision))
end

return p
