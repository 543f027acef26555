# O chat na página do cliente.

launcher-open = Abrir o chat
launcher-close = Fechar o chat
launcher-unread = Abrir o chat, mensagens não lidas: { $count }
launcher-failed = Não foi possível carregar o chat. Tente de novo.

title = Fale conosco
subtitle-idle = Pergunte o que quiser
subtitle-robot = Nosso assistente responde na hora
subtitle-queue = Você está na fila
subtitle-agent = Você está falando com a nossa equipe
subtitle-ended = A conversa terminou

close = Fechar
menu = Mais
menu-person = Falar com uma pessoa
menu-leave = Deixar uma mensagem
menu-mute = Silenciar
menu-unmute = Ativar o som
menu-transcript = Baixar a conversa
menu-end = Encerrar a conversa

welcome = Olá! Como podemos ajudar?
messages = Mensagens
earlier = Mostrar mensagens anteriores
earlier-loading = Carregando mensagens anteriores…
history-failed = Não foi possível carregar as mensagens anteriores.
new-messages = Mensagens novas
today = Hoje
yesterday = Ontem

you = Você
assistant = Assistente
agent = Atendente
says = { $name } diz: { $text }
typing = { $name } está digitando…

status-connecting = Conectando…
status-offline = Sem conexão. Continuamos tentando, e nada do que você escrever se perde.
status-server = O chat está fora de alcance no momento. Continuamos tentando.
status-forbidden = O chat não está disponível nesta página.
status-unauthorized = O chat não sabe quem você é. Entre de novo na sua conta.
status-superseded = O chat está aberto em outra página.
status-back = Você está conectado de novo.

message-sending = Enviando…
message-waiting = Aguardando conexão…
message-sent = Enviada
message-read = Lida
message-failed = Não enviada.
message-retry = Enviar de novo
message-discard = Remover
message-recalled = Esta mensagem foi retirada.
message-unknown = Esta mensagem não pode ser mostrada aqui.
uploading = Enviando { $percent }%

similar = Perguntas parecidas
rate-question = Isso ajudou?
rate-yes = Sim, ajudou
rate-no = Não, não ajudou
rate-why = O que faltou?
rate-thanks = Obrigado por nos dizer.

compose = Escreva uma mensagem
compose-robot = Faça uma pergunta
send = Enviar
suggestions = Perguntas sugeridas
attach-file = Enviar um arquivo
attach-place = Enviar minha localização
drop-here = Solte aqui os arquivos para enviar
too-long = { $count } bytes a mais
file-type = “{ $name }” é de um tipo que não pode ser enviado.
file-size = “{ $name }” é grande demais. O máximo é { $size }.
file-failed = Não foi possível enviar o arquivo.
place-failed = Não foi possível encontrar sua localização.
my-place = Minha localização

image = Imagem
image-open = Ver a imagem em tamanho real
audio = Mensagem de áudio
video = Vídeo
file = Arquivo
download = Baixar { $name }
download-failed = Não foi possível carregar.
load = Carregar
place = Localização
open-map = Abrir o mapa
open-link = Abrir { $host }

queue-title = Aguardando um atendente
queue-position = { $position ->
    [1] Você é o próximo
   *[other] Sua posição: { $position }
}
queue-estimate = { $minutes ->
    [0] Menos de um minuto
    [1] Cerca de um minuto
   *[other] Cerca de { $minutes } minutos
}
queue-leave = Prefiro deixar uma mensagem

no-agents = Ninguém está disponível no momento. Deixe uma mensagem e retornaremos.
outside-hours = Estamos fechados no momento. Deixe uma mensagem e retornaremos.
person-failed = Não funcionou. Tente de novo.

leave-title = Deixar uma mensagem
leave-contact = Seu telefone ou e-mail
leave-message = Sua mensagem
leave-send = Deixar a mensagem
leave-done = Obrigado. Recebemos sua mensagem e retornaremos.
cancel = Cancelar
failed-try-again = Não funcionou. Tente de novo.

end-title = Encerrar esta conversa?
end-text = Você pode começar outra quando quiser.
end-confirm = Encerrar
ended = A conversa terminou.
ended-idle = A conversa terminou porque ninguém escreveu por um tempo.
ended-queue = Ninguém ficou livre a tempo. Você pode deixar uma mensagem.
start-again = Começar outra conversa

survey-title = Como foi a conversa?
survey-with = Como foi a conversa com { $name }?
survey-level = Sua avaliação
survey-solved = Seu assunto foi resolvido?
survey-nps = Qual a probabilidade de você nos recomendar?
survey-nps-least = Nenhuma
survey-nps-most = Muito alta
survey-comment = Mais alguma coisa? (opcional)
survey-send = Enviar a avaliação
survey-skip = Agora não
survey-thanks = Obrigado pela sua avaliação.
yes = Sim
no = Não

transcript-title = Conversa

## What the server says by itself.

server-system-nickname = Sistema
server-transfer-to-agent = Vamos passar você para uma pessoa
server-connected-agent = Um atendente chegou
server-queuing = Na fila...
server-no-agents = Nenhum atendente disponível no momento
server-outside-hours = Estamos fora do horário de atendimento.
server-offline-tip = Ninguém conseguiu responder a tempo. Deixe sua mensagem aqui e responderemos.
server-robot-miss = Desculpe, não sei a resposta. Tente outras palavras ou escreva “{ $keyword }” para falar com uma pessoa.
server-robot-similar = Você quis dizer uma destas?
server-satisfaction-1 = Muito insatisfeito
server-satisfaction-2 = Insatisfeito
server-satisfaction-3 = Regular
server-satisfaction-4 = Satisfeito
server-satisfaction-5 = Muito satisfeito
server-opens-again = Voltamos a atender em { $time }.
server-time-format = %d/%m às %H:%M
server-leave-message = Ninguém pode atender agora. Deixe uma mensagem e responderemos.
server-robot-stays = Ninguém pode atender agora. Eu continuo ajudando; escreva “{ $keyword }” para tentar de novo mais tarde.
server-queue-place = Você é o número { $position } da fila.
server-queue-estimate = Você é o número { $position } da fila. A espera será de cerca de { $minutes } min.
server-agent-silent = Seu atendente não pode responder no momento. Vamos passar você para o próximo.
server-agent-vanished = A ligação com o agente foi perdida. Outra pessoa vai atender; é o primeiro da fila.
server-inactivity-warning = Você ainda está aí? Sem resposta, esta conversa terminará em { $seconds } segundos.
server-inactivity-warning-minutes = Você ainda está aí? Sem resposta, esta conversa terminará em { $minutes } min.
server-agent-joined = { $agent } entrou na conversa.
server-agent-left = { $agent } saiu da conversa.
server-transfer-to-robot = Você está falando com o robô de novo.
