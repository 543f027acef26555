# الدردشة في صفحة العميل.

launcher-open = افتح الدردشة
launcher-close = أغلق الدردشة
launcher-unread = افتح الدردشة، رسائل غير مقروءة: { $count }
launcher-failed = تعذّر تحميل الدردشة. حاول مرة أخرى.

title = تحدّث معنا
subtitle-idle = اسألنا عمّا تريد
subtitle-robot = مساعدنا يجيب فورًا
subtitle-queue = أنت في قائمة الانتظار
subtitle-agent = أنت تتحدث مع فريقنا
subtitle-ended = انتهت المحادثة

close = إغلاق
menu = المزيد
menu-person = تحدّث مع موظف
menu-leave = اترك رسالة
menu-mute = كتم الصوت
menu-unmute = تشغيل الصوت
menu-transcript = تنزيل المحادثة
menu-end = إنهاء المحادثة

welcome = مرحبًا! كيف يمكننا مساعدتك؟
messages = الرسائل
earlier = عرض الرسائل السابقة
earlier-loading = جارٍ تحميل الرسائل السابقة…
history-failed = تعذّر تحميل الرسائل السابقة.
new-messages = رسائل جديدة
today = اليوم
yesterday = أمس

you = أنت
assistant = المساعد
agent = الموظف
says = { $name } يقول: { $text }
typing = { $name } يكتب…

status-connecting = جارٍ الاتصال…
status-offline = لا يوجد اتصال. نواصل المحاولة، ولن يضيع شيء مما تكتبه.
status-server = لا يمكن الوصول إلى الدردشة الآن. نواصل المحاولة.
status-forbidden = الدردشة غير متاحة في هذه الصفحة.
status-unauthorized = لا تعرف الدردشة من أنت. سجّل الدخول من جديد.
status-superseded = الدردشة مفتوحة في صفحة أخرى.
status-back = عاد الاتصال.

message-sending = جارٍ الإرسال…
message-waiting = في انتظار الاتصال…
message-sent = أُرسلت
message-read = قُرئت
message-failed = لم تُرسل.
message-retry = أرسل مرة أخرى
message-discard = إزالة
message-recalled = سُحبت هذه الرسالة.
message-unknown = لا يمكن عرض هذه الرسالة هنا.
uploading = جارٍ الرفع { $percent }٪

similar = أسئلة مشابهة
rate-question = هل أفادك هذا؟
rate-yes = نعم، أفادني
rate-no = لا، لم يفدني
rate-why = ما الذي كان ينقص؟
rate-thanks = شكرًا لإخبارنا.

compose = اكتب رسالة
compose-robot = اطرح سؤالًا
send = إرسال
suggestions = أسئلة مقترحة
attach-file = أرسل ملفًا
attach-place = أرسل موقعي
drop-here = أفلت الملفات هنا لإرسالها
too-long = أطول من المسموح بمقدار { $count } بايت
file-type = نوع الملف «{ $name }» لا يمكن إرساله.
file-size = الملف «{ $name }» كبير جدًا. الحد الأقصى { $size }.
file-failed = تعذّر إرسال الملف.
place-failed = تعذّر تحديد موقعك.
my-place = موقعي

image = صورة
image-open = اعرض الصورة بحجمها الكامل
audio = رسالة صوتية
video = فيديو
file = ملف
download = نزّل { $name }
download-failed = تعذّر التحميل.
load = تحميل
place = موقع
open-map = افتح الخريطة
open-link = افتح { $host }

queue-title = في انتظار موظف
queue-position = { $position ->
    [1] أنت التالي
   *[other] ترتيبك: { $position }
}
queue-estimate = { $minutes ->
    [0] أقل من دقيقة
    [one] حوالي دقيقة
    [two] حوالي دقيقتين
    [few] حوالي { $minutes } دقائق
   *[other] حوالي { $minutes } دقيقة
}
queue-leave = أفضّل ترك رسالة

no-agents = لا يوجد أحد متاح الآن. اترك رسالة وسنرد عليك.
outside-hours = نحن خارج أوقات العمل الآن. اترك رسالة وسنرد عليك.
person-failed = لم ينجح ذلك. حاول مرة أخرى.

leave-title = اترك رسالة
leave-contact = رقم هاتفك أو بريدك الإلكتروني
leave-message = رسالتك
leave-send = اترك الرسالة
leave-done = شكرًا. وصلتنا رسالتك وسنرد عليك.
cancel = إلغاء
failed-try-again = لم ينجح ذلك. حاول مرة أخرى.

end-title = هل تريد إنهاء هذه المحادثة؟
end-text = يمكنك بدء محادثة جديدة في أي وقت.
end-confirm = إنهاء
ended = انتهت المحادثة.
ended-idle = انتهت المحادثة لأن أحدًا لم يكتب منذ مدة.
ended-queue = لم يتفرغ أحد في الوقت المناسب. يمكنك ترك رسالة.
start-again = ابدأ محادثة جديدة

survey-title = كيف كانت المحادثة؟
survey-with = كيف كانت محادثتك مع { $name }؟
survey-level = تقييمك
survey-solved = هل حُلّت مسألتك؟
survey-nps = ما احتمال أن توصي بنا؟
survey-nps-least = غير محتمل إطلاقًا
survey-nps-most = محتمل جدًا
survey-comment = هل لديك ملاحظات أخرى؟ (اختياري)
survey-send = أرسل التقييم
survey-skip = ليس الآن
survey-thanks = شكرًا على تقييمك.
yes = نعم
no = لا

transcript-title = المحادثة

## What the server says by itself.

server-system-nickname = النظام
server-transfer-to-agent = نحوّلك إلى موظف
server-connected-agent = انضم إليك موظف
server-queuing = في الانتظار...
server-no-agents = لا يوجد موظفون متاحون حاليًا
server-outside-hours = نحن خارج أوقات العمل الآن.
server-offline-tip = لم يتمكن أحد من الرد في الوقت المناسب. اترك رسالتك هنا وسنرد عليك.
server-robot-miss = عذرًا، لا أعرف الإجابة. جرّب كلمات أخرى أو اكتب «{ $keyword }» للتحدث مع موظف.
server-robot-similar = هل تقصد أحد هذه الأسئلة؟
server-satisfaction-1 = غير راضٍ إطلاقًا
server-satisfaction-2 = غير راضٍ
server-satisfaction-3 = متوسط
server-satisfaction-4 = راضٍ
server-satisfaction-5 = راضٍ جدًا
server-opens-again = نعود إلى العمل في { $time }.
server-time-format = %d/%m %H:%M
server-leave-message = لا يستطيع أحد التحدث معك الآن. اترك رسالة وسنرد عليك.
server-robot-stays = لا يستطيع أحد التحدث معك الآن. سأواصل مساعدتك؛ اكتب «{ $keyword }» للمحاولة لاحقًا.
server-queue-place = ترتيبك في الانتظار: { $position }.
server-queue-estimate = ترتيبك في الانتظار: { $position }. مدة الانتظار حوالي { $minutes } دقيقة.
server-agent-silent = لا يستطيع الموظف الرد حاليًا. سنحوّلك إلى موظف آخر.
server-agent-vanished = انقطع الاتصال بالموظف. سيتولى شخص آخر محادثتك، وأنت الأول في الدور.
server-inactivity-warning = هل ما زلت هنا؟ من دون رد ستنتهي هذه المحادثة بعد { $seconds } ثانية.
server-inactivity-warning-minutes = هل ما زلت هنا؟ من دون رد ستنتهي هذه المحادثة بعد { $minutes } دقيقة.
server-agent-joined = انضم { $agent } إلى المحادثة.
server-agent-left = غادر { $agent } المحادثة.
server-transfer-to-robot = أنت تتحدث مع الروبوت من جديد.
