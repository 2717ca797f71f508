-- Put in front of every script: reading and writing of the records that they share.
--
-- <state> (hash): v=1 schema, epoch, kind (CLOSED|OPEN|HALF_OPEN), since and until (server time in microseconds, until=0:
--   no end), opens, instance, cause; of a HALF_OPEN stay also permitted, successes, failures, slow. No key: CLOSED, epoch 0.
--   TTL: a day, or twice what is left of the stay if that is more; renewed by sync when half of it is gone.
-- <permits> (sorted set): the running probes of a HALF_OPEN stay, or the health probe of an OPEN one, lease -> end of the lease.
--   TTL: longer than any lease.
-- <override> (hash): v=1, version, mode (NONE|FORCED_OPEN|DISABLED|METRICS_ONLY), reason, actor, since, until.
--   TTL: none without expiry, otherwise until it expires and a day more, so that its end is remembered.
--
-- Fields that a script does not know are left alone. A key of a wrong type or with a field that makes no sense is deleted,
-- named in the reply, and treated as missing. Time is the server's and is read once per script.
--
-- State in a reply: {epoch, kind, elapsed, remaining, opens, instance, cause, permitted, leased, successes, failures, slow}
-- Override in a reply: {version, mode, reason, actor, elapsed, remaining or -1}, or false
-- Durations are microseconds. The first element of every reply lists the keys that were repaired.

local DAY = 86400000000
local KINDS = {CLOSED = true, OPEN = true, HALF_OPEN = true}
local MODES = {NONE = true, FORCED_OPEN = true, DISABLED = true, METRICS_ONLY = true}

local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local repaired = {}

-- Never in exponent form, which tostring() takes above 10^14.
local function text(number)
  return string.format('%.0f', number)
end

local function int(field)
  if type(field) == 'string' and #field <= 16 and string.find(field, '^%d+$') then
    local number = tonumber(field)
    if number <= 9007199254740991 then
      return number
    end
  end
  return nil
end

local function repair(key)
  redis.call('DEL', key)
  repaired[#repaired + 1] = key
end

-- Reads a key that may have the wrong type, which is garbage. Whatever else Redis refuses, such as a command that the user may
-- not use, says nothing about the data and fails the operation.
local function try(command, ...)
  local reply = redis.pcall(command, ...)
  if type(reply) == 'table' and reply.err and not string.find(reply.err, 'WRONGTYPE', 1, true) then
    error(command .. ' was refused: ' .. reply.err)
  end
  return reply
end

-- A PEXPIRE that does not write while half of the time is left.
local function keep(key, micros)
  if redis.call('PTTL', key) * 2000 < micros then
    redis.call('PEXPIRE', key, text(math.ceil(micros / 1000)))
  end
end

local function initial()
  return {epoch = 0, kind = 'CLOSED', since = now, untl = 0, opens = 0, instance = '', cause = '',
      permitted = 0, successes = 0, failures = 0, slow = 0}
end

local function read_state(key)
  local f = try('HMGET', key, 'v', 'epoch', 'kind', 'since', 'until', 'opens', 'instance', 'cause',
      'permitted', 'successes', 'failures', 'slow')
  if not f.err then
    if not f[1] and not f[2] and redis.call('EXISTS', key) == 0 then
      return initial()
    end
    local s = {epoch = int(f[2]), kind = f[3], since = int(f[4]), untl = int(f[5]), opens = int(f[6]),
        instance = f[7], cause = f[8], permitted = 0, successes = 0, failures = 0, slow = 0}
    local sound = int(f[1]) and s.epoch and KINDS[s.kind] and s.since and s.untl and s.opens and s.instance and s.cause
    if sound and s.kind == 'HALF_OPEN' then
      s.permitted, s.successes, s.failures, s.slow = int(f[9]), int(f[10]), int(f[11]), int(f[12])
      sound = s.permitted and s.successes and s.failures and s.slow
    end
    if sound then
      -- The clock went back, as it may after a fail-over to another machine: the stay begins anew instead of never ending.
      if s.since > now then
        if s.untl > 0 then
          s.untl = now + math.max(0, s.untl - s.since)
        end
        s.since = now
        redis.call('HSET', key, 'since', text(s.since), 'until', text(s.untl))
      end
      return s
    end
  end
  repair(key)
  return initial()
end

local function write_state(key, s)
  redis.call('HSET', key, 'v', '1', 'epoch', text(s.epoch), 'kind', s.kind, 'since', text(s.since), 'until', text(s.untl),
      'opens', text(s.opens), 'instance', s.instance, 'cause', s.cause, 'permitted', text(s.permitted),
      'successes', text(s.successes), 'failures', text(s.failures), 'slow', text(s.slow))
  redis.call('PEXPIRE', key, text(math.ceil(math.max(DAY, 2 * (s.untl - now)) / 1000)))
end

local function unexpired(key)
  local count = try('ZCOUNT', key, '(' .. text(now), '+inf')
  if type(count) == 'number' then
    return count
  end
  repair(key)
  return 0
end

local function leased(key, s)
  return s.kind == 'HALF_OPEN' and unexpired(key) or 0
end

local function state_reply(s, leases)
  return {s.epoch, s.kind, math.max(0, now - s.since), math.max(0, s.untl - now), s.opens, s.instance, s.cause,
      s.permitted, leases, s.successes, s.failures, s.slow}
end

local function read_override(key)
  local f = try('HMGET', key, 'v', 'version', 'mode', 'reason', 'actor', 'since', 'until')
  if not f.err then
    if not f[1] and not f[2] and redis.call('EXISTS', key) == 0 then
      return nil
    end
    local o = {version = int(f[2]), mode = f[3], reason = f[4], actor = f[5], since = int(f[6]), untl = int(f[7])}
    if int(f[1]) and o.version and MODES[o.mode] and o.reason and o.actor and o.since and o.untl then
      if o.untl > 0 and o.untl <= now then
        o.mode, o.since, o.untl = 'NONE', o.untl, 0
      end
      return o
    end
  end
  repair(key)
  return nil
end

local function write_override(key, o)
  redis.call('HSET', key, 'v', '1', 'version', text(o.version), 'mode', o.mode, 'reason', o.reason, 'actor', o.actor,
      'since', text(o.since), 'until', text(o.untl))
  if o.mode == 'NONE' then
    redis.call('PEXPIRE', key, text(DAY / 1000))
  elseif o.untl > 0 then
    redis.call('PEXPIRE', key, text(math.ceil((math.max(0, o.untl - now) + DAY) / 1000)))
  else
    redis.call('PERSIST', key)
  end
end

local function override_reply(o)
  if not o then
    return false
  end
  local remaining = -1
  if o.untl > 0 then
    remaining = math.max(0, o.untl - now)
  end
  return {o.version, o.mode, o.reason, o.actor, math.max(0, now - o.since), remaining}
end

-- One line of words, separated by blanks: "1 state|override <breaker> <the reply's elements>", percent-encoded where needed.
-- A user who may not publish still may share: others then learn it with their next sync.
local function publish(channel, what, breaker, reply)
  local words = {'1', what, breaker}
  for _, value in ipairs(reply) do
    if type(value) == 'number' then
      value = text(value)
    end
    words[#words + 1] = value
  end
  for i, word in ipairs(words) do
    words[i] = string.gsub(word, '[%%%c ]', function(c) return string.format('%%%02X', string.byte(c)) end)
  end
  redis.pcall('PUBLISH', channel, table.concat(words, ' '))
end
