/** The calls that carry every job: in, out and done. */
export const queue: string = String.raw`
function ops.enqueue(q, at, count)
  local atomic = ARGV[at] == '1'
  local jobs = jobsAt(at + 1, (count - 1) / 5)
  if not atomic or fits(q, jobs) then return putAll(q, jobs) end
  local results = {}
  for i = 1, #jobs do results[i] = FULL end
  return results
end

-- Lanes whose time has come, longest waiting first; those with a lease that ran out say so.
local function dueLanes(q, limit)
  flush()
  local freed = call('ZRANGEBYSCORE', q.free, '-inf', '(' .. now + 1, 'WITHSCORES', 'LIMIT', 0, limit)
  local lapsed = call('ZRANGEBYSCORE', q.leased, '-inf', '(' .. now + 1, 'WITHSCORES', 'LIMIT', 0, limit)
  local found = {}
  local f, l = 1, 1
  while #found < limit and (freed[f] or lapsed[l]) do
    if lapsed[l] and (not freed[f] or tonumber(lapsed[l + 1]) < tonumber(freed[f + 1])) then
      found[#found + 1] = { key = lapsed[l], lapsed = true }
      l = l + 2
    else
      found[#found + 1] = { key = freed[f] }
      f = f + 2
    end
  end
  return found
end

-- Counts a claim that nobody ended against its job. Gives what to bury when that has crashed too often.
local function lapse(q, key)
  local id = string.match(holder(q, key), '^%d+ (.*)$')
  local attempts, crashes, err = triesOf(q, id)
  attempts, crashes = attempts + 1, crashes + 1
  if crashes >= q.maxCrashes then return { id, 'poison', attempts, crashes, err } end
  remember(q, id, attempts, crashes, err)
end

local function take(q, lanes, leaseUntil, claims)
  local ids, poison = {}, {}
  for i, lane in ipairs(lanes) do
    poison[i] = lane.lapsed and lapse(q, lane.key) or false
    ids[i] = poison[i] and poison[i][1] or call('LINDEX', q.lane .. lane.key, 0)
  end
  local records = call('HMGET', q.jobs, unpack(ids))
  local tries = anyTried(q) and call('HMGET', q.tries, unpack(ids)) or {}
  local taken = {}
  for i, id in ipairs(ids) do
    local key = lanes[i].key
    local attempts, crashes, err = readTries(tries[i])
    if poison[i] then bury(q, key, unpack(poison[i], 1, 5))
    elseif expiryOf(records[i]) <= now then bury(q, key, id, 'expired', attempts, crashes, err)
    else taken[#taken + 1] = { key, id, records[i], attempts + 1, crashes } end
  end
  if #taken == 0 then return end
  local fence = draw(#taken) - #taken
  local held, leased, lanesTaken = {}, {}, {}
  for i, claim in ipairs(taken) do
    local key, id, text, attempts, crashes = unpack(claim)
    local own = string.format('%.0f %s', fence + i, id)
    held[2 * i - 1], held[2 * i] = key, own
    q.holders[key] = own
    leased[2 * i - 1], leased[2 * i] = score(q, leaseUntil), key
    lanesTaken[i] = key
    claims[#claims + 1] = { id, text, attempts, crashes, fence + i }
  end
  call('ZREM', q.free, unpack(lanesTaken))
  call('ZADD', q.leased, unpack(leased))
  call('HSET', q.held, unpack(held))
end

function ops.claim(q, at)
  local limit, leaseUntil = tonumber(ARGV[at]), now + ARGV[at + 1]
  local claims = {}
  while #claims < limit do
    local lanes = dueLanes(q, math.min(limit - #claims, 256))
    if #lanes == 0 then break end
    take(q, lanes, leaseUntil, claims)
  end
  return { leaseUntil, claims }
end

-- Whether the claim is still the last one of its lane.
local function holds(q, key, fence, id)
  return holder(q, key) == fence .. ' ' .. id
end

function ops.extend(q, at)
  local key, fence, id, leaseMs = unpack(ARGV, at, at + 3)
  if not holds(q, key, fence, id) then return STALE end
  call('ZADD', q.leased, score(q, now + leaseMs), key)
  return OK
end

-- After the claim: how many values are written, how many queues are chained to; the values; for each queue its name and jobs.
function ops.ack(q, at)
  local key, fence, id, valueCount, chainCount = unpack(ARGV, at, at + 4)
  if not holds(q, key, fence, id) then return STALE end
  local writes, chains = {}, {}
  writes, at = valuesAt(at + 5, tonumber(valueCount))
  for i = 1, #writes do
    if not current(writes[i].key, writes[i].ifVersion) then return CONFLICT end
  end
  for i = 1, tonumber(chainCount) do
    local target = queues[ARGV[at]]
    local jobs
    jobs, at = jobsAt(at + 2, tonumber(ARGV[at + 1]))
    promote(target)
    if not fits(target, jobs, target == q and key or nil) then return target.name end
    chains[i] = { target, jobs }
  end
  finish(q, id)
  release(q, key)
  pop(q, key, id)
  q.left[#q.left + 1] = { key = key, score = score(q, now), place = #results + 1 }
  for _, chain in ipairs(chains) do putAll(chain[1], chain[2]) end
  for _, write in ipairs(writes) do writeValue(write) end
  return OK
end

function ops.nack(q, at)
  local key, fence, id, delayMs, counts, err = unpack(ARGV, at, at + 5)
  if not holds(q, key, fence, id) then return STALE end
  local attempts, crashes, before = triesOf(q, id)
  err = err ~= '' and string.sub(err, 2) or before
  if counts == '1' then attempts = attempts + 1 end
  if counts == '1' and attempts >= q.maxAttempts then
    bury(q, key, id, 'exhausted', attempts, crashes, err)
    return DEAD
  end
  if attempts > 0 or crashes > 0 or err then remember(q, id, attempts, crashes, err) end
  release(q, key)
  local runAt = now + delayMs
  if not q.yields then
    free(q, key, runAt)
    return OK
  end
  if unlink(q, key, id) then free(q, key, now) end
  local n = turn(q)
  stamp(q, id, call('HGET', q.jobs, id), n)
  if runAt > now then schedule(q, id, n, runAt) else join(q, key, id, now) end
  return OK
end

function ops.dead(q, at)
  local key, fence, id, reason, err = unpack(ARGV, at, at + 4)
  if not holds(q, key, fence, id) then return STALE end
  local attempts, crashes, before = triesOf(q, id)
  bury(q, key, id, reason, attempts + 1, crashes, err ~= '' and string.sub(err, 2) or before)
  return OK
end
`;
