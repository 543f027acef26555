# 客户页面上的聊天窗口。

launcher-open = 打开聊天
launcher-close = 关闭聊天
launcher-unread = 打开聊天，{ $count } 条未读消息
launcher-failed = 聊天窗口加载失败，请重试。

title = 在线客服
subtitle-idle = 有问题尽管问我们
subtitle-robot = 智能助手即时为您解答
subtitle-queue = 您正在排队
subtitle-agent = 客服正在为您服务
subtitle-ended = 会话已结束

close = 关闭
menu = 更多
menu-person = 转人工客服
menu-leave = 留言
menu-mute = 关闭提示音
menu-unmute = 打开提示音
menu-transcript = 下载聊天记录
menu-end = 结束会话

welcome = 您好！请问有什么可以帮您？
messages = 消息
earlier = 显示更早的消息
earlier-loading = 正在加载更早的消息…
history-failed = 无法加载更早的消息。
new-messages = 新消息
today = 今天
yesterday = 昨天

you = 您
assistant = 智能助手
agent = 客服
says = { $name }说：{ $text }
typing = { $name }正在输入…

status-connecting = 正在连接…
status-offline = 网络已断开。我们会不断重试，您写的内容不会丢失。
status-server = 暂时无法连接客服，我们会不断重试。
status-forbidden = 此页面无法使用聊天。
status-unauthorized = 无法确认您的身份，请重新登录。
status-superseded = 聊天已在另一个页面打开。
status-back = 已重新连接。

message-sending = 发送中…
message-waiting = 等待网络连接…
message-sent = 已发送
message-read = 已读
message-failed = 发送失败。
message-retry = 重新发送
message-discard = 删除
message-recalled = 该消息已撤回。
message-unknown = 无法显示此消息。
uploading = 已上传 { $percent }%

similar = 相似问题
rate-question = 这个回答有帮助吗？
rate-yes = 有帮助
rate-no = 没有帮助
rate-why = 哪里不够好？
rate-thanks = 感谢您的反馈。

compose = 输入消息
compose-robot = 输入您的问题
send = 发送
suggestions = 推荐问题
attach-file = 发送文件
attach-place = 发送我的位置
drop-here = 将文件拖到这里发送
too-long = 超出 { $count } 字节
file-type = 不支持发送“{ $name }”这种类型的文件。
file-size = “{ $name }”太大，最大可发送 { $size }。
file-failed = 文件发送失败。
place-failed = 无法获取您的位置。
my-place = 我的位置

image = 图片
image-open = 查看大图
audio = 语音消息
video = 视频
file = 文件
download = 下载 { $name }
download-failed = 加载失败。
load = 加载
place = 位置
open-map = 打开地图
open-link = 打开 { $host }

queue-title = 正在等待客服
queue-position = { $position ->
    [1] 下一位就是您
   *[other] 您排在第 { $position } 位
}
queue-estimate = { $minutes ->
    [0] 不到 1 分钟
   *[other] 大约 { $minutes } 分钟
}
queue-leave = 改为留言

no-agents = 当前没有客服在线。请留言，我们会尽快联系您。
outside-hours = 现在不是服务时间。请留言，我们会尽快联系您。
person-failed = 操作失败，请重试。

leave-title = 留言
leave-contact = 您的电话号码或电子邮箱
leave-message = 您的留言
leave-send = 提交留言
leave-done = 谢谢！我们已收到您的留言，会尽快联系您。
cancel = 取消
failed-try-again = 操作失败，请重试。

end-title = 要结束这次会话吗？
end-text = 您可以随时开始新的会话。
end-confirm = 结束会话
ended = 会话已结束。
ended-idle = 由于长时间没有消息，会话已结束。
ended-queue = 暂时没有空闲的客服，您可以留言。
start-again = 开始新的会话

survey-title = 您对这次服务满意吗？
survey-with = 您对 { $name } 的服务满意吗？
survey-level = 您的评价
survey-solved = 您的问题解决了吗？
survey-nps = 您有多大可能推荐我们？
survey-nps-least = 完全不可能
survey-nps-most = 非常可能
survey-comment = 还有什么想说的吗？（选填）
survey-send = 提交评价
survey-skip = 以后再说
survey-thanks = 感谢您的评价。
yes = 是
no = 否

transcript-title = 聊天记录

## What the server says by itself.

server-system-nickname = 系统
server-transfer-to-agent = 转人工
server-connected-agent = 已接入人工坐席
server-queuing = 排队中...
server-no-agents = 当前没有可用的坐席
server-outside-hours = 当前时间不在坐席的工作时间内。
server-offline-tip = 暂时无人应答。请在这里留言,我们会尽快回复您。
server-robot-miss = 抱歉,我还不知道这个问题的答案。请换个说法,或输入“{ $keyword }”联系人工客服。
server-robot-similar = 您想问的是下面的问题吗?
server-satisfaction-1 = 非常不满意
server-satisfaction-2 = 不满意
server-satisfaction-3 = 一般
server-satisfaction-4 = 满意
server-satisfaction-5 = 非常满意
server-opens-again = 我们将于{ $time }恢复服务。
server-time-format = %-m月%-d日%H:%M
server-leave-message = 暂时没有坐席可以为您服务。请留言,我们会尽快与您联系。
server-robot-stays = 暂时没有坐席可以为您服务。我会继续为您解答;稍后可输入“{ $keyword }”再次联系人工客服。
server-queue-place = 您当前排在第{ $position }位。
server-queue-estimate = 您当前排在第{ $position }位,预计等待约{ $minutes }分钟。
server-agent-silent = 您的坐席暂时无法回复,我们将为您转接下一位坐席。
server-agent-vanished = 与坐席的连接已中断。其他坐席将为您服务,您排在队列的第一位。
server-inactivity-warning = 请问您还在吗?如果没有回复,本次会话将在{ $seconds }秒后结束。
server-inactivity-warning-minutes = 请问您还在吗?如果没有回复,本次会话将在{ $minutes }分钟后结束。
server-agent-joined = { $agent } 已加入会话。
server-agent-left = { $agent } 已离开会话。
server-transfer-to-robot = 已为您转回机器人。
