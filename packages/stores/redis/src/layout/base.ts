/** What all operations stand on: the time, names of keys, counters, and how a job is written. */
export const base: string = String.raw`
local call, prefix = redis.call, KEYS[1]
local results = {}

-- Without a time of the caller's it is the server's, which stands still while a script runs.
local now = tonumber(ARGV[1])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- How much longer than needed a key with an end of its own is kept: when it is over, its value tells.
local slackMs = 30000
local longestMs = 400 * 86400000
local function keep(key, value, untilMs)
  call('SET', key, value, 'PX', math.min(math.max(math.ceil(untilMs - now), 0), longestMs) + slackMs)
end

-- The one counter of the store: fences and versions come from it. Gives the last of the numbers drawn.
local function draw(count)
  return call('INCRBY', prefix .. 'sequence', count)
end

local queues = {}
local queueCount = tonumber(ARGV[3])
for i = 4, 3 + queueCount do
  local name, dedupeTtlMs, maxAttempts, maxCrashes, maxDepth, maxLaneDepth, yields, halts =
    string.match(ARGV[i], '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  local at = prefix .. 'q:' .. name .. ':'
  queues[name] = {
    name = name,
    dedupeTtlMs = tonumber(dedupeTtlMs),
    maxAttempts = tonumber(maxAttempts),
    maxCrashes = tonumber(maxCrashes),
    maxDepth = tonumber(maxDepth),
    maxLaneDepth = tonumber(maxLaneDepth),
    yields = yields == '1',
    halts = halts == '1',
    jobs = at .. 'jobs',
    tries = at .. 'tries',
    lane = at .. 'lane:',
    free = at .. 'free',
    leased = at .. 'leased',
    held = at .. 'held',
    halted = at .. 'halted',
    scheduled = at .. 'scheduled',
    dead = at .. 'dead',
    died = at .. 'died',
    done = at .. 'done',
    turns = at .. 'turns',
    finished = 0,
    gone = {},
    holders = {},
    left = {},
  }
end

-- Many small commands about one key go as one, since most of what a command costs here is its call. Writes of acks and of lanes
-- that are free again wait for the end of the script or for an operation that would miss them.
local buffers = {}
local function later(command, key, first, second)
  local buffer = buffers[key]
  if not buffer then
    buffer = { command, key }
    buffers[key] = buffer
  end
  buffer[#buffer + 1] = first
  if second then buffer[#buffer + 1] = second end
  if #buffer > 4000 then
    call(unpack(buffer))
    buffers[key] = nil
  end
end
local function writeBuffers()
  for _, buffer in pairs(buffers) do call(unpack(buffer)) end
  buffers = {}
end

-- Who holds a lane: fence and id, or false. Known for the whole script, what is about to be written included.
local function holder(q, key)
  local known = q.holders[key]
  if known == nil then
    known = call('HGET', q.held, key)
    q.holders[key] = known
  end
  return known
end

-- Numbers what happens in a queue; written back when the script ends.
local function turn(q)
  q.turn = (q.turn or tonumber(call('GET', q.turns) or 0)) + 1
  return q.turn
end

-- Milliseconds with the turn as their fraction: first come, first served within one of them. Twelve bits fit until 2039.
local function score(q, at)
  return at + turn(q) % 4096 / 4096
end

-- A job: its place, when it came, when it expires, its key, and what the caller alone reads.
local function record(n, enqueuedAt, expiresAt, key, body)
  return struct.pack('>dddHc0', n, enqueuedAt, expiresAt, #key, key) .. body
end
local function keyOf(text)
  local key = struct.unpack('>Hc0', text, 25)
  return key
end
local function expiryOf(text)
  local at = struct.unpack('>d', text, 17)
  return at
end
local function stamp(q, id, text, n)
  call('HSET', q.jobs, id, struct.pack('>d', n) .. string.sub(text, 9))
end

-- Jobs that wait in lanes or for their time: counted once, then kept in step.
local function sizeOf(q)
  q.size = q.size or call('HLEN', q.jobs) - call('ZCARD', q.dead)
  return q.size
end
local function resize(q, by)
  q.size = sizeOf(q) + by
end

-- Most queues have no lane that somebody has to decide about.
local function isHalted(q, key)
  if q.halting == nil then q.halting = call('EXISTS', q.halted) == 1 end
  return q.halting and call('SISMEMBER', q.halted, key) == 1
end

-- Most jobs succeed at once, so most queues have nothing to remember of earlier tries.
local function anyTried(q)
  if q.tried == nil then q.tried = call('EXISTS', q.tries) == 1 end
  return q.tried
end
local function readTries(text)
  if not text then return 0, 0, nil end
  local attempts, crashes, rest = string.match(text, '^(%d+) (%d+)(.*)$')
  if rest == '' then return tonumber(attempts), tonumber(crashes), nil end
  return tonumber(attempts), tonumber(crashes), string.sub(rest, 2)
end
local function triesOf(q, id)
  return readTries(anyTried(q) and call('HGET', q.tries, id))
end
local function remember(q, id, attempts, crashes, err)
  q.tried = true
  call('HSET', q.tries, id, attempts .. ' ' .. crashes .. (err and ' ' .. err or ''))
end
local function forgetTries(q, id)
  if anyTried(q) then later('HDEL', q.tries, id) end
end
`;
