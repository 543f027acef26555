-- wrk's requests: one customer after the other. After `--`: poll FILE, stored FILE, send FILE BYTES, or nchan PATH COUNT.
local requests, number = {}, 0

local function customers(file, method, path, body)
  for line in io.lines(file) do
    local user, access, token, cursor = line:match("^(%S+) (%S+) (%S+) ?(%S*)$")
    local headers = {
      ["x-app-key"] = "demo-app", ["Authorization"] = "Bearer " .. access, ["ccmessaging-token"] = token,
      ["Content-Type"] = body and "application/json" or nil,
    }
    requests[#requests + 1] = wrk.format(method, path:format(cursor), headers, body and body:format(user))
  end
end

function init(arguments)
  local what, argument, bytes = arguments[1], arguments[2], tonumber(arguments[3])
  if what == "poll" then
    customers(argument, "GET", "/apiaccess/ccmessaging/poll?wait=0")
  elseif what == "stored" then
    -- A cursor that stays where it is acknowledges nothing: the message after it comes each time.
    customers(argument, "GET", "/apiaccess/ccmessaging/poll?wait=0&cursor=%s")
  elseif what == "send" then
    customers(argument, "POST", "/apiaccess/ccmessaging/send",
      '{"channel":"WEB","from":"%s","to":"1011577355744904195","sourceType":"CUSTOMER","mediaType":"TEXT",' ..
      '"controlType":"CHAT","content":"' .. ("x"):rep(bytes) .. '"}')
  else
    for channel = 1, tonumber(arguments[3]) do
      requests[channel] = wrk.format("GET", "/" .. argument .. "/c" .. channel)
    end
  end
end

function request()
  number = number % #requests + 1
  return requests[number]
end

-- What is read of it: requests a second, requests answered, answers that were errors, bytes of an answer.
function done(summary)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  local bytes = summary.bytes / math.max(summary.requests, 1)
  print(("RESULT %.0f %d %d %d"):format(summary.requests / summary.duration * 1e6, summary.requests, failed, bytes))
end
