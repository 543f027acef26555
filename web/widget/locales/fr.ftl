# Le chat sur la page du client.

launcher-open = Ouvrir le chat
launcher-close = Fermer le chat
launcher-unread = Ouvrir le chat, messages non lus : { $count }
launcher-failed = Le chat n’a pas pu être chargé. Réessayez.

title = Discutez avec nous
subtitle-idle = Posez-nous vos questions
subtitle-robot = Notre assistant répond tout de suite
subtitle-queue = Vous êtes dans la file d’attente
subtitle-agent = Vous parlez avec notre équipe
subtitle-ended = La conversation est terminée

close = Fermer
menu = Plus
menu-person = Parler à une personne
menu-leave = Laisser un message
menu-mute = Couper le son
menu-unmute = Activer le son
menu-transcript = Télécharger la conversation
menu-end = Terminer la conversation

welcome = Bonjour ! Comment pouvons-nous vous aider ?
messages = Messages
earlier = Afficher les messages précédents
earlier-loading = Chargement des messages précédents…
history-failed = Les messages précédents n’ont pas pu être chargés.
new-messages = Nouveaux messages
today = Aujourd’hui
yesterday = Hier

you = Vous
assistant = Assistant
agent = Conseiller
says = { $name } dit : { $text }
typing = { $name } écrit…

status-connecting = Connexion…
status-offline = Pas de connexion. Nous réessayons, et rien de ce que vous écrivez n’est perdu.
status-server = Le chat est injoignable pour le moment. Nous réessayons.
status-forbidden = Le chat n’est pas disponible sur cette page.
status-unauthorized = Le chat ne sait pas qui vous êtes. Reconnectez-vous.
status-superseded = Le chat est ouvert sur une autre page.
status-back = Vous êtes de nouveau connecté.

message-sending = Envoi…
message-waiting = En attente de connexion…
message-sent = Envoyé
message-read = Lu
message-failed = Non envoyé.
message-retry = Renvoyer
message-discard = Retirer
message-recalled = Ce message a été retiré.
message-unknown = Ce message ne peut pas être affiché ici.
uploading = Envoi { $percent } %

similar = Questions similaires
rate-question = Cela vous a-t-il aidé ?
rate-yes = Oui, cela m’a aidé
rate-no = Non, cela ne m’a pas aidé
rate-why = Que manquait-il ?
rate-thanks = Merci de nous l’avoir dit.

compose = Écrivez un message
compose-robot = Posez une question
send = Envoyer
suggestions = Questions suggérées
attach-file = Envoyer un fichier
attach-place = Envoyer ma position
drop-here = Déposez ici les fichiers à envoyer
too-long = { $count } octets de trop
file-type = « { $name } » est d’un type qui ne peut pas être envoyé.
file-size = « { $name } » est trop volumineux. { $size } au plus peuvent être envoyés.
file-failed = Le fichier n’a pas pu être envoyé.
place-failed = Votre position n’a pas pu être trouvée.
my-place = Ma position

image = Image
image-open = Afficher l’image en taille réelle
audio = Message audio
video = Vidéo
file = Fichier
download = Télécharger { $name }
download-failed = Le chargement a échoué.
load = Charger
place = Position
open-map = Ouvrir la carte
open-link = Ouvrir { $host }

queue-title = En attente d’un conseiller
queue-position = { $position ->
    [1] C’est bientôt votre tour
   *[other] Votre place : { $position }
}
queue-estimate = { $minutes ->
    [0] Moins d’une minute
    [1] Environ une minute
   *[other] Environ { $minutes } minutes
}
queue-leave = Plutôt laisser un message

no-agents = Personne n’est disponible pour le moment. Laissez un message, nous vous répondrons.
outside-hours = Nous sommes fermés pour le moment. Laissez un message, nous vous répondrons.
person-failed = Cela n’a pas fonctionné. Réessayez.

leave-title = Laisser un message
leave-contact = Votre téléphone ou adresse e-mail
leave-message = Votre message
leave-send = Laisser le message
leave-done = Merci. Nous avons votre message et vous répondrons.
cancel = Annuler
failed-try-again = Cela n’a pas fonctionné. Réessayez.

end-title = Terminer cette conversation ?
end-text = Vous pourrez en commencer une autre à tout moment.
end-confirm = Terminer
ended = La conversation est terminée.
ended-idle = La conversation est terminée, car personne n’a écrit depuis un moment.
ended-queue = Personne n’a été libre à temps. Vous pouvez laisser un message.
start-again = Commencer une autre conversation

survey-title = Comment s’est passée la conversation ?
survey-with = Comment s’est passée la conversation avec { $name } ?
survey-level = Votre note
survey-solved = Votre demande est-elle résolue ?
survey-nps = Quelle est la probabilité que vous nous recommandiez ?
survey-nps-least = Aucune
survey-nps-most = Très forte
survey-comment = Autre chose ? (facultatif)
survey-send = Envoyer la note
survey-skip = Pas maintenant
survey-thanks = Merci pour votre note.
yes = Oui
no = Non

transcript-title = Conversation

## What the server says by itself.

server-system-nickname = Système
server-transfer-to-agent = Nous vous passons une personne
server-connected-agent = Un conseiller est là
server-queuing = En attente...
server-no-agents = Aucun conseiller n’est disponible pour le moment
server-outside-hours = Nous sommes en dehors des heures de service.
server-offline-tip = Personne n’a pu répondre à temps. Laissez votre message ici, nous vous répondrons.
server-robot-miss = Désolé, je ne connais pas la réponse. Essayez d’autres mots, ou écrivez « { $keyword } » pour parler à une personne.
server-robot-similar = Vouliez-vous dire l’une de ces questions ?
server-satisfaction-1 = Très insatisfait
server-satisfaction-2 = Insatisfait
server-satisfaction-3 = Moyen
server-satisfaction-4 = Satisfait
server-satisfaction-5 = Très satisfait
server-opens-again = Nous serons de nouveau là le { $time }.
server-time-format = %d/%m à %H:%M
server-leave-message = Personne ne peut vous répondre pour le moment. Laissez un message, nous vous répondrons.
server-robot-stays = Personne ne peut vous répondre pour le moment. Je continue à vous aider ; écrivez « { $keyword } » pour réessayer plus tard.
server-queue-place = Vous êtes numéro { $position } dans la file.
server-queue-estimate = Vous êtes numéro { $position } dans la file. L’attente sera d’environ { $minutes } min.
server-agent-silent = Votre conseiller ne peut pas répondre pour le moment. Nous vous passons le suivant.
server-agent-vanished = La connexion avec votre conseiller a été perdue. Quelqu'un d'autre va vous répondre ; vous êtes le premier de la file.
server-inactivity-warning = Êtes-vous encore là ? Sans réponse, cette conversation se terminera dans { $seconds } secondes.
server-inactivity-warning-minutes = Êtes-vous encore là ? Sans réponse, cette conversation se terminera dans { $minutes } min.
server-agent-joined = { $agent } a rejoint la conversation.
server-agent-left = { $agent } a quitté la conversation.
server-transfer-to-robot = Vous parlez de nouveau au robot.
