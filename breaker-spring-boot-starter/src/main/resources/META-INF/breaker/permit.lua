-- Leases one probe. For a CALL, an OPEN state whose wait is over becomes HALF_OPEN first: a new epoch, published. A HEALTH probe
-- is leased while OPEN and due, one at a time, and changes no state. A denial writes nothing.
--
-- KEYS  1 <state>  2 <permits>
-- ARGV  1 channel  2 breaker  3 lease  4 instance  5 term of the lease  6 permitted and  7 longest stay (0: no limit), if this
--       request begins the stay  8 purpose: CALL, CALL_IF_HALF_OPEN, HEALTH
-- Reply {repaired, 1 if granted or 0, how long asking again is pointless, the state that holds afterwards}

local lease, term, purpose = ARGV[3], tonumber(ARGV[5]), ARGV[8]
local state = read_state(KEYS[1], KEYS[2])

if purpose == 'CALL' and state.kind == 'OPEN' and state.untl <= now then
  local stay = initial()
  stay.epoch, stay.kind, stay.opens, stay.instance = math.max(state.epoch + 1, now), 'HALF_OPEN', state.opens, ARGV[4]
  stay.cause, stay.permitted = 'the wait is over', tonumber(ARGV[6])
  if tonumber(ARGV[7]) > 0 then
    stay.untl = now + tonumber(ARGV[7])
  end
  write_state(KEYS[1], stay)
  redis.call('DEL', KEYS[2])
  publish(ARGV[1], 'state', ARGV[2], state_reply(stay, 0))
  state = stay
end

local permitted = state.permitted
local leasable = state.kind == 'HALF_OPEN' and purpose ~= 'HEALTH'
if purpose == 'HEALTH' and state.kind == 'OPEN' and state.untl <= now then
  permitted, leasable = 1, true
end
if not leasable then
  return {repaired, 0, math.max(0, state.untl - now), state_reply(state, 0)}
end

local running = unexpired(KEYS[2])
local held = redis.call('ZSCORE', KEYS[2], lease)
if held and tonumber(held) > now then
  return {repaired, 1, 0, state_reply(state, running)}
end
if running + state.successes + state.failures < permitted then
  redis.call('ZADD', KEYS[2], text(now + term), lease)
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now))
  keep(KEYS[2], 2 * (term + 60000000))
  return {repaired, 1, 0, state_reply(state, running + 1)}
end

-- Until the first lease ends; if none runs, until the stay ends.
local first = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. text(now), '+inf', 'WITHSCORES', 'LIMIT', '0', '1')
local wait = first[2] and tonumber(first[2]) - now or term
if state.kind == 'HALF_OPEN' and state.untl > 0 then
  wait = math.min(wait, math.max(0, state.untl - now))
end
return {repaired, 0, wait, state_reply(state, running)}
