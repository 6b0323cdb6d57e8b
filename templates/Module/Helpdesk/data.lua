--- What editors have to know of the request template (TemplateData), in all languages: from the configuration and the texts.
local text = require('Module:Helpdesk/text')
local config = mw.loadJsonData('Module:Helpdesk/config.json')

local p = {}

-- What is said in one line. The configuration does not know that.
local LINES = { title = true, requester = true, country = true, partner = true, languages = true, helper = true }

--- A text in each language that has it, without markup; nil where none has it.
local function everywhere(key)
	local found
	for _, code in ipairs(config.languages) do
		local words = text.own(code, key)
		if words then
			found = found or {}
			found[code] = mw.text.decode(words, true)
		end
	end
	return found
end

--- Tables that are only read cannot be written as JSON.
local function copy(list)
	local copied = {}
	for _, value in ipairs(list) do
		table.insert(copied, value)
	end
	return copied[1] and copied or nil
end

function p.templatedata(_, frame)
	local params, order = {}, {}
	local function add(name, param)
		params[name] = param
		table.insert(order, name)
	end
	for _, known in ipairs(config.fields) do
		local name, values = known.name, copy(known.one_of)
		add(name, {
			label = everywhere('field-' .. name),
			description = everywhere('help-' .. name),
			type = values and 'string' or LINES[name] and 'line' or 'content',
			suggestedvalues = values,
			required = known.required,
			-- An editor offers what is asked of everybody.
			suggested = known.asked and not known.required and name ~= 'requester',
			autovalue = name == 'title' and '{{' .. 'subst:SUBPAGENAME}}' or nil,
		})
	end
	-- Not one table for both: to PHP that is a circle.
	local kept = function() return everywhere('help-status') end
	add('status', { label = everywhere('field-status'), description = kept(), type = 'string', suggestedvalues = copy(config.flow) })
	add('status since', { description = kept(), type = 'date' })
	local data = mw.text.jsonEncode {
		description = everywhere('request-about'),
		format = 'block',
		paramOrder = order,
		params = params,
	}
	-- Not every wiki has that extension.
	local there, box = pcall(frame.extensionTag, frame, 'templatedata', data)
	return there and box or ''
end

return p
