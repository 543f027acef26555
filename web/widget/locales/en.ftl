# The chat on the customer's page.

launcher-open = Open the chat
launcher-close = Close the chat
launcher-unread = Open the chat, unread messages: { $count }
launcher-failed = The chat could not be loaded. Try again.

title = Chat with us
subtitle-idle = Ask us anything
subtitle-robot = Our assistant answers at once
subtitle-queue = You are in the queue
subtitle-agent = You are talking to our team
subtitle-ended = The conversation has ended

close = Close
menu = More
menu-person = Talk to a person
menu-leave = Leave a message
menu-mute = Mute sounds
menu-unmute = Play sounds
menu-transcript = Download the conversation
menu-end = End the conversation

welcome = Hello! How can we help?
messages = Messages
earlier = Show earlier messages
earlier-loading = Loading earlier messages…
history-failed = Earlier messages could not be loaded.
new-messages = New messages
today = Today
yesterday = Yesterday

you = You
assistant = Assistant
agent = Agent
says = { $name } says: { $text }
typing = { $name } is typing…

status-connecting = Connecting…
status-offline = No connection. We keep trying, and nothing you write is lost.
status-server = The chat cannot be reached right now. We keep trying.
status-forbidden = The chat is not available on this page.
status-unauthorized = The chat does not know who you are. Please sign in again.
status-superseded = The chat is open on another page.
status-back = You are connected again.

message-sending = Sending…
message-waiting = Waiting for a connection…
message-sent = Sent
message-read = Read
message-failed = Not sent.
message-retry = Send again
message-discard = Remove
message-recalled = This message was taken back.
message-unknown = This message cannot be shown here.
uploading = Uploading { $percent } %

similar = Similar questions
rate-question = Did this help?
rate-yes = Yes, this helped
rate-no = No, this did not help
rate-why = What was missing?
rate-thanks = Thank you for telling us.

compose = Write a message
compose-robot = Ask a question
send = Send
suggestions = Suggested questions
attach-file = Send a file
attach-place = Send my location
drop-here = Drop files here to send them
too-long = { $count } bytes too long
file-type = “{ $name }” is of a kind that cannot be sent.
file-size = “{ $name }” is too large. At most { $size } can be sent.
file-failed = The file could not be sent.
place-failed = Your location could not be found.
my-place = My location

image = Picture
image-open = Show the picture in full size
audio = Audio message
video = Video
file = File
download = Download { $name }
download-failed = This could not be loaded.
load = Load
place = Location
open-map = Open the map
open-link = Open { $host }

queue-title = Waiting for an agent
queue-position = { $position ->
    [1] You are next
   *[other] Your place: { $position }
}
queue-estimate = { $minutes ->
    [0] Less than a minute
    [one] About a minute
   *[other] About { $minutes } minutes
}
queue-leave = Leave a message instead

no-agents = Nobody is available right now. Leave a message, and we will get back to you.
outside-hours = We are closed right now. Leave a message, and we will get back to you.
person-failed = That did not work. Please try again.

leave-title = Leave a message
leave-contact = Your phone number or e-mail address
leave-message = Your message
leave-send = Leave the message
leave-done = Thank you. We have your message and will get back to you.
cancel = Cancel
failed-try-again = That did not work. Please try again.

end-title = End this conversation?
end-text = You can start a new one at any time.
end-confirm = End it
ended = The conversation has ended.
ended-idle = The conversation has ended because nobody wrote for a while.
ended-queue = Nobody was free in time. You can leave a message.
start-again = Start a new conversation

survey-title = How was your chat?
survey-with = How was your chat with { $name }?
survey-level = Your rating
survey-solved = Was your matter solved?
survey-nps = How likely are you to recommend us?
survey-nps-least = Not at all
survey-nps-most = Very likely
survey-comment = Anything else? (optional)
survey-send = Send the rating
survey-skip = Not now
survey-thanks = Thank you for your rating.
yes = Yes
no = No

transcript-title = Conversation

## What the server says by itself.

server-system-nickname = System
server-transfer-to-agent = Transfer to manual labor
server-connected-agent = Connected Agent
server-queuing = Queuing...
server-no-agents = No agents available currently
server-outside-hours = The current time is not within the working time of the service agents.
server-offline-tip = Nobody could answer in time. Leave your message here and we will reply.
server-robot-miss = Sorry, I don't know the answer to that. Try other words, or type "{ $keyword }" to talk to a person.
server-robot-similar = Did you mean one of these?
server-satisfaction-1 = Very dissatisfied
server-satisfaction-2 = Dissatisfied
server-satisfaction-3 = Average
server-satisfaction-4 = Satisfied
server-satisfaction-5 = Very satisfied
server-opens-again = We are open again on { $time }.
server-time-format = %A, %-d %B, at %H:%M
server-leave-message = Nobody can talk to you right now. Please leave a message and we will get back to you.
server-robot-stays = Nobody can talk to you right now. I will go on helping you; type "{ $keyword }" to try again later.
server-queue-place = You are number { $position } in the queue.
server-queue-estimate = You are number { $position } in the queue. The wait will be about { $minutes } min.
server-agent-silent = Your agent cannot answer at the moment. You will be passed on to the next one.
server-agent-vanished = The connection to the agent was lost. Someone else will take over; you are first in line.
server-inactivity-warning = Are you still there? Without an answer this conversation will end in { $seconds } seconds.
server-inactivity-warning-minutes = Are you still there? Without an answer this conversation will end in { $minutes } min.
server-agent-joined = { $agent } joined the conversation.
server-agent-left = { $agent } left the conversation.
server-transfer-to-robot = You are talking to the robot again.
