// One lease is as many members as it has slots (`<id>#1`, `<id>#2` …), each scored with the time at which it ends. Who waits stands in
// two sets: by arrival, which is the order in which slots are given, and by the time at which a waiter counts as gone. Redis's own clock
// is the only one that counts.

/**
 * Takes slots, or queues up.
 * KEYS: held, waiting by arrival, waiting until. ARGV: id, slots, want, all (1), ttl, how long the place in the queue is kept (0: none).
 * Gives: slots taken, how many others wait.
 */
export const TAKE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local id, slots, want, all, ttl, keep = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
  redis.call('ZREM', KEYS[2], gone)
  redis.call('ZREM', KEYS[3], gone)
end
local ahead = redis.call('ZRANK', KEYS[2], id)
if not ahead then ahead = redis.call('ZCARD', KEYS[2]) end
local held = redis.call('ZCARD', KEYS[1])
local taken = math.min(want, slots - held - ahead)
if all == '1' then
  if held == 0 and ahead == 0 then taken = slots else taken = 0 end
end
if taken > 0 then
  for i = 1, taken do redis.call('ZADD', KEYS[1], now + ttl, id .. '#' .. i) end
  redis.call('PEXPIRE', KEYS[1], ttl)
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
  return { taken, redis.call('ZCARD', KEYS[2]) }
end
if keep > 0 then
  redis.call('ZADD', KEYS[2], 'NX', now, id)
  redis.call('ZADD', KEYS[3], now + keep, id)
  redis.call('PEXPIRE', KEYS[2], keep)
  redis.call('PEXPIRE', KEYS[3], keep)
end
return { 0, redis.call('ZCARD', KEYS[2]) }`;

/**
 * Renews many leases at once. KEYS: for each, held and waiting by arrival. ARGV: for each, id, slots, ttl.
 * Gives for each: how many wait, or -1 where the lease is lost (then none of its slots is kept).
 */
export const RENEW = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local result = {}
for n = 1, #KEYS / 2 do
  local held, waiting = KEYS[n * 2 - 1], KEYS[n * 2]
  local id, slots, ttl = ARGV[n * 3 - 2], tonumber(ARGV[n * 3 - 1]), tonumber(ARGV[n * 3])
  local lost = false
  for i = 1, slots do
    local ends = redis.call('ZSCORE', held, id .. '#' .. i)
    if not ends or tonumber(ends) <= now then lost = true end
  end
  if lost then
    for i = 1, slots do redis.call('ZREM', held, id .. '#' .. i) end
    result[n] = -1
  else
    for i = 1, slots do redis.call('ZADD', held, now + ttl, id .. '#' .. i) end
    redis.call('PEXPIRE', held, ttl)
    result[n] = redis.call('ZCARD', waiting)
  end
end
return result`;

/** Leaves the queue. KEYS: waiting by arrival, waiting until. ARGV: id. */
export const LEAVE = `
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])`;

/** KEYS: the list. ARGV: milliseconds until it is due, how long the list is kept, the name. */
export const REMIND = `
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000) + tonumber(ARGV[1]), ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: the list. ARGV: how many at most. */
export const DUE = `
local t = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', t[1] * 1000 + math.floor(t[2] / 1000), 'LIMIT', 0, ARGV[1])`;
