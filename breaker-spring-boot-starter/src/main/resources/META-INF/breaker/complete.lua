-- Ends the lease of a probe and counts its outcome; that of a health probe, which is leased while OPEN, only ends. An ended
-- lease, an unknown one or another epoch changes nothing.
--
-- KEYS  1 <state>  2 <permits>
-- ARGV  1 epoch  2 lease  3 outcome: SUCCESS, SLOW_SUCCESS, FAILURE, SLOW_FAILURE, RETURNED
-- Reply {repaired, the state that holds afterwards}

local state = read_state(KEYS[1], KEYS[2])
local running = leased(KEYS[2], state)

local function count(field)
  state[field] = state[field] + 1
  redis.call('HSET', KEYS[1], field, text(state[field]))
end

if state.kind == 'HALF_OPEN' and state.epoch == tonumber(ARGV[1]) then
  local held = redis.call('ZSCORE', KEYS[2], ARGV[2])
  if held and tonumber(held) > now then
    redis.call('ZREM', KEYS[2], ARGV[2])
    running = running - 1
    if string.find(ARGV[3], 'SUCCESS', 1, true) then
      count('successes')
    elseif string.find(ARGV[3], 'FAILURE', 1, true) then
      count('failures')
    end
    if string.find(ARGV[3], 'SLOW_', 1, true) then
      count('slow')
    end
  end
end
if state.kind == 'OPEN' and state.epoch == tonumber(ARGV[1]) and unexpired(KEYS[2]) > 0 then
  redis.call('ZREM', KEYS[2], ARGV[2])
end
return {repaired, state_reply(state, running)}
