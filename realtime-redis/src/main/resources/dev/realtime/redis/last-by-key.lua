-- Reads the last publications about some keys, as of one moment.
--
-- KEYS  1 meta  2 keys
-- ARGV  the keys
-- Answers the epoch, the oldest time that counts, and the messages that are there.

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'ttl')
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local found = { meta[1] or '', string.format('%.0f', now - tonumber(meta[2] or 0)) }
for _, key in ipairs(ARGV) do
	local message = redis.call('HGET', KEYS[2], key)
	if message then
		found[#found + 1] = message
	end
end
return found
