/** The moves of jobs between the keys of a queue. */
export const lanes: string = String.raw`
local INSERTED, DUPLICATE, FULL = 0, 1, 2
-- MORE: done, and the lane has another job.
local OK, STALE, CONFLICT, DEAD, MORE = 0, 1, 2, 3, 4

-- Nobody holds the lane, and its head may be claimed from then on.
local function free(q, key, at)
  q.woken = true
  later('ZADD', q.free, score(q, at), key)
end

-- A lane that somebody has to decide about can be claimed never.
local function settle(q, key, at)
  if isHalted(q, key) then later('ZADD', q.free, '+inf', key) else free(q, key, at) end
end

local function join(q, key, id, at, front)
  local depth = call(front and 'LPUSH' or 'RPUSH', q.lane .. key, id)
  if depth == 1 then settle(q, key, at) end
end

-- The number in front makes jobs for the same time follow in the order of their arrival.
local function schedule(q, id, n, runAt)
  q.woken = true
  call('ZADD', q.scheduled, runAt, string.format('%015.0f', n) .. id)
end

-- Jobs that are due join their lanes, a thousand at a time. Time stands still, so once per script is enough.
local function promote(q)
  if q.promoted then return end
  q.promoted = true
  local due = call('ZRANGEBYSCORE', q.scheduled, '-inf', now, 'WITHSCORES', 'LIMIT', 0, 1000)
  for i = 1, #due, 2 do
    local id = string.sub(due[i], 16)
    local text = call('HGET', q.jobs, id)
    stamp(q, id, text, turn(q))
    join(q, keyOf(text), id, tonumber(due[i + 1]))
    call('ZREM', q.scheduled, due[i])
  end
end

-- Takes a job out of its lane, whose head it mostly is.
local function pop(q, key, id)
  local lane = q.lane .. key
  local head = call('LPOP', lane)
  if head ~= id then
    if head then call('LPUSH', lane, head) end
    call('LREM', lane, 1, id)
  end
end
-- Says besides whether there are others.
local function unlink(q, key, id)
  pop(q, key, id)
  return call('EXISTS', q.lane .. key) == 1
end

-- Lanes that a done job has left are free again, since it left, if they have others; their acks say so. Mostly all have, or none.
local function freeLeft(q)
  local lanes = {}
  for i, left in ipairs(q.left) do lanes[i] = q.lane .. left.key end
  if #lanes == 0 then return end
  local count = call('EXISTS', unpack(lanes))
  for i, left in ipairs(q.left) do
    if count == #lanes or (count > 0 and call('EXISTS', lanes[i]) == 1) then
      q.woken = true
      later('ZADD', q.free, left.score, left.key)
      results[left.place] = MORE
    end
  end
  q.left = {}
end

local function flush()
  for _, q in pairs(queues) do
    freeLeft(q)
    q.gone = {}
  end
  writeBuffers()
end

-- The claim of a lane is over.
local function release(q, key)
  q.holders[key] = false
  later('HDEL', q.held, key)
  later('ZREM', q.leased, key)
end

-- The job is gone; its id is remembered for the queue's time.
local function finish(q, id)
  resize(q, -1)
  q.finished = q.finished + 1
  q.gone[id] = true
  later('HDEL', q.jobs, id)
  forgetTries(q, id)
  later('ZADD', q.done, now + q.dedupeTtlMs, id)
end

-- Forgets some ids whose time is over, more of them than were added.
local function prune(q, limit)
  local over = call('ZRANGEBYSCORE', q.done, '-inf', now, 'LIMIT', 0, limit)
  if #over > 0 then call('ZREM', q.done, unpack(over)) end
  return #over
end

local function bury(q, key, id, reason, attempts, crashes, err)
  resize(q, -1)
  call('ZADD', q.dead, 0, id)
  call('HSET', q.died, id, struct.pack('>dddHc0', now, attempts, crashes, #reason, reason) .. (err and '+' .. err or ''))
  forgetTries(q, id)
  if q.halts then
    call('SADD', q.halted, key)
    q.halting = true
  end
  release(q, key)
  if unlink(q, key, id) then settle(q, key, now) else call('ZREM', q.free, key) end
end

local function resume(q, key)
  if call('SREM', q.halted, key) == 0 then return 0 end
  if call('EXISTS', q.lane .. key) == 1 then free(q, key, now) end
  return 1
end

-- Whether the id is that of a job that was done of late.
local function isDone(q, id)
  if q.gone[id] then return true end
  local till = call('ZSCORE', q.done, id)
  return till and tonumber(till) > now
end

local function put(q, key, id, runAt, expiresAt, body)
  if isDone(q, id) then return DUPLICATE end
  local size = sizeOf(q)
  local later = runAt > now
  -- No lane is longer than all of them together, so most need not be measured.
  if size >= q.maxDepth or (not later and size >= q.maxLaneDepth and call('LLEN', q.lane .. key) >= q.maxLaneDepth) then
    return call('HEXISTS', q.jobs, id) == 1 and DUPLICATE or FULL
  end
  local n = turn(q)
  if call('HSETNX', q.jobs, id, record(n, now, expiresAt, key, body)) == 0 then return DUPLICATE end
  q.size = size + 1
  if later then schedule(q, id, n, runAt) else join(q, key, id, now) end
  return INSERTED
end

-- Whether none of the jobs, counted together, would find the queue or its lane full once a job of the lane "leaving" has left.
local function fits(q, jobs, leaving)
  local size = sizeOf(q) - (leaving and 1 or 0)
  if size + #jobs <= math.min(q.maxDepth, q.maxLaneDepth) then return true end
  local depths, seen = {}, {}
  for _, job in ipairs(jobs) do
    local known = seen[job.id] or isDone(q, job.id) or call('HEXISTS', q.jobs, job.id) == 1
    if not known then
      seen[job.id] = true
      if size >= q.maxDepth then return false end
      size = size + 1
      if job.runAt <= now then
        local depth = depths[job.key] or call('LLEN', q.lane .. job.key) - (leaving == job.key and 1 or 0)
        if depth >= q.maxLaneDepth then return false end
        depths[job.key] = depth + 1
      end
    end
  end
  return true
end

-- Reads jobs from the arguments.
local function jobsAt(at, count)
  local jobs = {}
  for i = 1, count do
    local key, id, runAt, expiresAt, body = unpack(ARGV, at, at + 4)
    jobs[i] = { key = key, id = id, runAt = tonumber(runAt) or 0, expiresAt = tonumber(expiresAt) or math.huge, body = body }
    at = at + 5
  end
  return jobs, at
end

local function putAll(q, jobs)
  local results = {}
  for i, job in ipairs(jobs) do results[i] = put(q, job.key, job.id, job.runAt, job.expiresAt, job.body) end
  return results
end
`;
