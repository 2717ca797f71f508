-- Replaces the state if its epoch is the expected one, clears the probes, and publishes the new state. The windows need no
-- clearing: each remembers the epoch that it counts.
--
-- KEYS  1 <state>  2 <permits>
-- ARGV  1 channel  2 breaker  3 expected epoch  4 kind  5 remaining  6 opens  7 instance  8 cause  9 permitted
-- Reply {repaired, the state that holds afterwards}

local state = read_state(KEYS[1], KEYS[2])
if state.epoch ~= tonumber(ARGV[3]) then
  return {repaired, state_reply(state, leased(KEYS[2], state))}
end
local next = initial()
next.epoch = math.max(state.epoch + 1, now)
next.kind = ARGV[4]
if tonumber(ARGV[5]) > 0 or next.kind == 'OPEN' then
  next.untl = now + tonumber(ARGV[5])
end
next.opens, next.instance, next.cause, next.permitted = tonumber(ARGV[6]), ARGV[7], ARGV[8], tonumber(ARGV[9])
write_state(KEYS[1], next)
redis.call('DEL', KEYS[2])
local reply = state_reply(next, 0)
publish(ARGV[1], 'state', ARGV[2], reply)
return {repaired, reply}
