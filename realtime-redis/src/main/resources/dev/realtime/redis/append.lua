-- Appends publications to a channel: positions, history, last message by key and delivery in one atomic step.
-- A program in another language publishes with this script too, see docs/redis.md.
--
-- KEYS  1 meta  2 stream  3 keys  4 order of keys  5 idempotency keys  6 their order  7 sequence of the publisher
-- ARGV  1 PUBLISH or SPUBLISH  2 pub/sub channel
--       3 epoch, in case the channel has to start (anew)  4 how long the channel keeps its epoch, ms
--       5 publisher, or nothing  6 its sequence number  7 how long the publisher may repeat itself, ms
--       8 epoch and 9 offset of the newest position the publisher knows of, or nothing and 0
--       10 history size  11 history ttl, ms  12 number of keys  13 number of idempotency keys
--       from 14, for each publication: body, key or nothing, idempotency key or nothing
-- Answers the epoch, a space and the offsets, separated by commas.

local publisher, sequence = ARGV[5], ARGV[6]
local size, ttl = tonumber(ARGV[10]), tonumber(ARGV[11])

if publisher ~= '' then
	local seen = redis.call('GET', KEYS[7])
	local last, reply = string.match(seen or '', '^(%d+) (.*)$')
	if last and tonumber(sequence) == tonumber(last) then
		return reply
	end
	if last and tonumber(sequence) < tonumber(last) then
		-- Left over in a connection that its publisher gave up long ago.
		return ''
	end
end

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'offset')
local epoch, offset = meta[1], tonumber(meta[2] or 0)
if not epoch or (epoch == ARGV[8] and offset < tonumber(ARGV[9])) then
	-- Nothing is known of the channel, or less than before: the server lost it.
	epoch, offset = ARGV[3], 0
	redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local time = string.format('%.0f', now)

local function timeOf(value)
	return tonumber(string.match(value, '^%d+ %S+ (%d+)'))
end

local function forgetOldest(hash, order)
	local oldest = redis.call('ZPOPMIN', order)
	redis.call('HDEL', hash, oldest[1])
end

local function putLast(hash, order, bound, field, number, value)
	redis.call('HSET', hash, field, value)
	redis.call('ZADD', order, number, field)
	for _ = bound + 1, redis.call('ZCARD', order) do
		forgetOldest(hash, order)
	end
end

local function forgetExpired(hash, order)
	-- A few at a time, more than come in one by one.
	for _ = 1, 8 do
		local oldest = redis.call('ZRANGE', order, 0, 0)[1]
		local value = oldest and redis.call('HGET', hash, oldest)
		if not value or timeOf(value) >= now - ttl then
			break
		end
		forgetOldest(hash, order)
	end
	redis.call('PEXPIRE', hash, ttl)
	redis.call('PEXPIRE', order, ttl)
end

local offsets, index, hasKeys, hasIds = {}, 0, false, false
for i = 14, #ARGV, 3 do
	local body, key, id = ARGV[i], ARGV[i + 1], ARGV[i + 2]
	local number
	if id ~= '' then
		local first = redis.call('HGET', KEYS[5], id)
		if first and timeOf(first) >= now - ttl then
			number = string.match(first, '%-(%d+) ')
		end
	end
	if not number then
		offset = offset + 1
		number = string.format('%.0f', offset)
		index = index + 1
		local head = '1 ' .. epoch .. '-' .. number .. ' ' .. time
		local message = head .. ' ' .. publisher .. '.' .. sequence .. '.' .. index .. '\n' .. body
		if size > 0 then
			redis.call('XADD', KEYS[2], 'MAXLEN', '~', size, number .. '-0', 'message', message)
		end
		if key ~= '' and tonumber(ARGV[12]) > 0 then
			putLast(KEYS[3], KEYS[4], tonumber(ARGV[12]), key, number, message)
			hasKeys = true
		end
		if id ~= '' then
			putLast(KEYS[5], KEYS[6], tonumber(ARGV[13]), id, number, head)
			hasIds = true
		end
		redis.call(ARGV[1], ARGV[2], message)
	end
	offsets[#offsets + 1] = number
end

redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', string.format('%.0f', offset), 'size', size, 'ttl', ARGV[11])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ttl)
if hasKeys then
	forgetExpired(KEYS[3], KEYS[4])
end
if hasIds then
	forgetExpired(KEYS[5], KEYS[6])
end

local reply = epoch .. ' ' .. table.concat(offsets, ',')
if publisher ~= '' then
	redis.call('SET', KEYS[7], sequence .. ' ' .. reply, 'PX', ARGV[7])
end
return reply
