# El chat en la página del cliente.

launcher-open = Abrir el chat
launcher-close = Cerrar el chat
launcher-unread = Abrir el chat, mensajes sin leer: { $count }
launcher-failed = No se ha podido cargar el chat. Inténtelo de nuevo.

title = Hable con nosotros
subtitle-idle = Pregúntenos lo que quiera
subtitle-robot = Nuestro asistente responde al momento
subtitle-queue = Está en la cola
subtitle-agent = Está hablando con nuestro equipo
subtitle-ended = La conversación ha terminado

close = Cerrar
menu = Más
menu-person = Hablar con una persona
menu-leave = Dejar un mensaje
menu-mute = Silenciar
menu-unmute = Activar el sonido
menu-transcript = Descargar la conversación
menu-end = Terminar la conversación

welcome = ¡Hola! ¿En qué podemos ayudarle?
messages = Mensajes
earlier = Mostrar mensajes anteriores
earlier-loading = Cargando mensajes anteriores…
history-failed = No se han podido cargar los mensajes anteriores.
new-messages = Mensajes nuevos
today = Hoy
yesterday = Ayer

you = Usted
assistant = Asistente
agent = Agente
says = { $name } dice: { $text }
typing = { $name } está escribiendo…

status-connecting = Conectando…
status-offline = Sin conexión. Seguimos intentándolo; no se pierde nada de lo que escriba.
status-server = Ahora no se puede acceder al chat. Seguimos intentándolo.
status-forbidden = El chat no está disponible en esta página.
status-unauthorized = El chat no sabe quién es usted. Inicie sesión de nuevo.
status-superseded = El chat está abierto en otra página.
status-back = Vuelve a estar conectado.

message-sending = Enviando…
message-waiting = Esperando conexión…
message-sent = Enviado
message-read = Leído
message-failed = No enviado.
message-retry = Enviar de nuevo
message-discard = Quitar
message-recalled = Este mensaje se ha retirado.
message-unknown = Este mensaje no se puede mostrar aquí.
uploading = Subiendo { $percent } %

similar = Preguntas parecidas
rate-question = ¿Le ha servido?
rate-yes = Sí, me ha servido
rate-no = No, no me ha servido
rate-why = ¿Qué faltaba?
rate-thanks = Gracias por decírnoslo.

compose = Escriba un mensaje
compose-robot = Haga una pregunta
send = Enviar
suggestions = Preguntas sugeridas
attach-file = Enviar un archivo
attach-place = Enviar mi ubicación
drop-here = Suelte aquí los archivos para enviarlos
too-long = Sobran { $count } bytes
file-type = «{ $name }» es de un tipo que no se puede enviar.
file-size = «{ $name }» es demasiado grande. Se pueden enviar como máximo { $size }.
file-failed = No se ha podido enviar el archivo.
place-failed = No se ha podido encontrar su ubicación.
my-place = Mi ubicación

image = Imagen
image-open = Ver la imagen a tamaño completo
audio = Mensaje de audio
video = Vídeo
file = Archivo
download = Descargar { $name }
download-failed = No se ha podido cargar.
load = Cargar
place = Ubicación
open-map = Abrir el mapa
open-link = Abrir { $host }

queue-title = Esperando a un agente
queue-position = { $position ->
    [1] Usted es el siguiente
   *[other] Su posición: { $position }
}
queue-estimate = { $minutes ->
    [0] Menos de un minuto
    [one] Alrededor de un minuto
   *[other] Unos { $minutes } minutos
}
queue-leave = Prefiero dejar un mensaje

no-agents = Ahora no hay nadie disponible. Deje un mensaje y le responderemos.
outside-hours = Ahora estamos cerrados. Deje un mensaje y le responderemos.
person-failed = No ha funcionado. Inténtelo de nuevo.

leave-title = Dejar un mensaje
leave-contact = Su teléfono o correo electrónico
leave-message = Su mensaje
leave-send = Dejar el mensaje
leave-done = Gracias. Tenemos su mensaje y le responderemos.
cancel = Cancelar
failed-try-again = No ha funcionado. Inténtelo de nuevo.

end-title = ¿Terminar esta conversación?
end-text = Puede empezar otra cuando quiera.
end-confirm = Terminar
ended = La conversación ha terminado.
ended-idle = La conversación ha terminado porque nadie ha escrito durante un rato.
ended-queue = Nadie ha quedado libre a tiempo. Puede dejar un mensaje.
start-again = Empezar otra conversación

survey-title = ¿Qué tal ha ido la conversación?
survey-with = ¿Qué tal ha ido la conversación con { $name }?
survey-level = Su valoración
survey-solved = ¿Se ha resuelto su asunto?
survey-nps = ¿Con qué probabilidad nos recomendaría?
survey-nps-least = Ninguna
survey-nps-most = Mucha
survey-comment = ¿Algo más? (opcional)
survey-send = Enviar la valoración
survey-skip = Ahora no
survey-thanks = Gracias por su valoración.
yes = Sí
no = No

transcript-title = Conversación

## What the server says by itself.

server-system-nickname = Sistema
server-transfer-to-agent = Le pasamos con una persona
server-connected-agent = Ya le atiende un agente
server-queuing = En cola...
server-no-agents = Ahora no hay agentes disponibles
server-outside-hours = Ahora estamos fuera del horario de atención.
server-offline-tip = Nadie ha podido responder a tiempo. Deje aquí su mensaje y le responderemos.
server-robot-miss = Lo siento, no sé la respuesta. Pruebe con otras palabras o escriba «{ $keyword }» para hablar con una persona.
server-robot-similar = ¿Quería decir una de estas?
server-satisfaction-1 = Muy insatisfecho
server-satisfaction-2 = Insatisfecho
server-satisfaction-3 = Normal
server-satisfaction-4 = Satisfecho
server-satisfaction-5 = Muy satisfecho
server-opens-again = Volvemos a atender el { $time }.
server-time-format = %d/%m a las %H:%M
server-leave-message = Ahora nadie puede atenderle. Deje un mensaje y le responderemos.
server-robot-stays = Ahora nadie puede atenderle. Yo sigo aquí para ayudarle; escriba «{ $keyword }» para intentarlo más tarde.
server-queue-place = Es el número { $position } en la cola.
server-queue-estimate = Es el número { $position } en la cola. La espera será de unos { $minutes } min.
server-agent-silent = Su agente no puede responder en este momento. Le pasamos con el siguiente.
server-agent-vanished = Se ha perdido la conexión con el agente. Otra persona le atenderá; usted es el primero de la cola.
server-inactivity-warning = ¿Sigue ahí? Sin respuesta, esta conversación terminará en { $seconds } segundos.
server-inactivity-warning-minutes = ¿Sigue ahí? Sin respuesta, esta conversación terminará en { $minutes } min.
server-agent-joined = { $agent } se ha unido a la conversación.
server-agent-left = { $agent } ha salido de la conversación.
server-transfer-to-robot = Vuelve a hablar con el robot.
