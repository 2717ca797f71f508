-- Put in front of every script: the server's time, and reading of the records that the scripts share.
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
-- State in a reply: {epoch, kind, elapsed, remaining, opens, instance, cause}, of a HALF_OPEN stay also permitted, leased,
--   successes, failures, slow; or false: CLOSED, epoch 0
-- Override in a reply: {version, mode, reason, actor, elapsed, remaining or -1}, or false
-- Durations are microseconds. The first element of every reply lists the keys that were repaired, or is false or empty without any.
-- A number in a reply may be a text.

local DAY = 86400000000
local LARGEST = 9007199254740991
local CENTURY = 3155760000000000

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
    if number <= LARGEST then
      return number
    end
  end
  return nil
end

-- An epoch or a version: the server's time when it was given out, or a little more. From one that is far ahead, the next could
-- not be told by counting on: at 2^53 that would be one that nobody can read, and instances that know it take no lower one.
local function version(field)
  local number = int(field)
  return number and number <= now + CENTURY and number
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

-- Nothing if none is stored, which means CLOSED.
local function find_state(key, permits)
  local f = try('HMGET', key, 'v', 'epoch', 'kind', 'since', 'until', 'opens', 'instance', 'cause')
  if not f.err then
    if not f[1] and not f[2] and redis.call('EXISTS', key) == 0 then
      return nil
    end
    local s = {epoch = version(f[2]), kind = f[3], since = int(f[4]), untl = int(f[5]), opens = int(f[6]),
        instance = f[7], cause = f[8], permitted = 0, successes = 0, failures = 0, slow = 0}
    local kinds = {CLOSED = true, OPEN = true, HALF_OPEN = true}
    local sound = int(f[1]) and s.epoch and kinds[s.kind] and s.since and s.untl and s.opens and s.instance and s.cause
    if sound and s.kind == 'HALF_OPEN' then
      local probes = redis.call('HMGET', key, 'permitted', 'successes', 'failures', 'slow')
      s.permitted, s.successes, s.failures, s.slow = int(probes[1]), int(probes[2]), int(probes[3]), int(probes[4])
      sound = s.permitted and s.successes and s.failures and s.slow
    end
    if sound then
      -- The clock went back, as it may after a fail-over to another machine: the stay begins anew, with the leases that it has
      -- given out, instead of never ending.
      if s.since > now then
        local back = s.since - now
        if s.untl > 0 then
          s.untl = now + math.max(0, s.untl - s.since)
        end
        s.since = now
        redis.call('HSET', key, 'since', text(s.since), 'until', text(s.untl))
        local leases = try('ZRANGEBYSCORE', permits, '-inf', '+inf', 'WITHSCORES')
        for i = 1, #leases, 2 do
          redis.call('ZADD', permits, text(leases[i + 1] - back), leases[i])
        end
      end
      return s
    end
  end
  repair(key)
  return nil
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
  if not s or s.epoch == 0 then
    return false
  end
  local elapsed, remaining = math.max(0, now - s.since), math.max(0, s.untl - now)
  if s.kind ~= 'HALF_OPEN' then
    return {s.epoch, s.kind, elapsed, remaining, s.opens, s.instance, s.cause}
  end
  return {s.epoch, s.kind, elapsed, remaining, s.opens, s.instance, s.cause, s.permitted, leases, s.successes, s.failures,
      s.slow}
end

local function read_override(key)
  local f = try('HMGET', key, 'v', 'version', 'mode', 'reason', 'actor', 'since', 'until')
  if not f.err then
    if not f[1] and not f[2] and redis.call('EXISTS', key) == 0 then
      return nil
    end
    local o = {version = version(f[2]), mode = f[3], reason = f[4], actor = f[5], since = int(f[6]), untl = int(f[7])}
    local modes = {NONE = true, FORCED_OPEN = true, DISABLED = true, METRICS_ONLY = true}
    if int(f[1]) and o.version and modes[o.mode] and o.reason and o.actor and o.since and o.untl then
      if o.untl > 0 and o.untl <= now then
        o.mode, o.untl = 'NONE', 0
      end
      return o
    end
  end
  repair(key)
  return nil
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

