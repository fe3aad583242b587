-- Reads where a channel stands and the newest of its history, as of one moment.
--
-- KEYS  1 meta  2 stream  3 keys  4 order of keys  5 idempotency keys  6 their order
-- ARGV  1 epoch, in case the channel has to start (anew)  2 how long the channel outlives its history, ms
--       3 epoch, 4 offset and 5 origin of the newest publication the reader got, or nothing, 0 and nothing
--       6 the most publications wanted
-- Answers the epoch, the offset, the oldest time that counts, and the messages, newest first.

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'size', 'ttl')
local epoch, offset = meta[1], meta[2]

local function isLost()
	if not epoch then
		return true
	end
	if epoch ~= ARGV[3] then
		return false
	end
	if tonumber(offset) < tonumber(ARGV[4]) then
		return true
	end
	if ARGV[5] == '' then
		return false
	end
	-- After a loss others may have filled up what the reader got already.
	local entry = redis.call('XRANGE', KEYS[2], ARGV[4] .. '-0', ARGV[4] .. '-0')[1]
	return entry and string.match(entry[2][2], '^%d+ %S+ %d+ (%S+)\n') ~= ARGV[5]
end

if isLost() then
	epoch, offset = ARGV[1], '0'
	redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
	redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', offset)
end
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) + tonumber(meta[4] or 0))

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local past = { epoch, offset, string.format('%.0f', now - tonumber(meta[4] or 0)) }
local limit = math.min(tonumber(ARGV[6]), tonumber(meta[3] or 0))
if limit > 0 then
	for _, entry in ipairs(redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', limit)) do
		past[#past + 1] = entry[2][2]
	end
end
return past
