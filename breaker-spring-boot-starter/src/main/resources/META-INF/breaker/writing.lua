-- Put between common.lua and every script but sync: the state to start from, and writing and publishing of records. It is not
-- for sync, which is called most and would pay for functions that it does not use.

local function initial()
  return {epoch = 0, kind = 'CLOSED', since = now, untl = 0, opens = 0, instance = '', cause = '',
      permitted = 0, successes = 0, failures = 0, slow = 0}
end

local function read_state(key, permits)
  return find_state(key, permits) or initial()
end

local function write_state(key, s)
  redis.call('HSET', key, 'v', '1', 'epoch', text(s.epoch), 'kind', s.kind, 'since', text(s.since), 'until', text(s.untl),
      'opens', text(s.opens), 'instance', s.instance, 'cause', s.cause, 'permitted', text(s.permitted),
      'successes', text(s.successes), 'failures', text(s.failures), 'slow', text(s.slow))
  redis.call('PEXPIRE', key, text(math.ceil(math.max(DAY, 2 * (s.untl - now)) / 1000)))
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

