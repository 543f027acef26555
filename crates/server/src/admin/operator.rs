//! Who works at the command line.

use std::io;

use frontdesk_core::audit::{Actor, ActorKind};
use tokio::net::UnixStream;

/// Where the system's users are named.
const USERS: &str = "/etc/passwd";

/// The user of the operating system at the other end of a socket, as the kernel says.
pub fn operator(peer: &UnixStream) -> io::Result<Actor> {
    let user = peer.peer_cred()?.uid();
    // Names from elsewhere, such as a directory of the company, are not there; then the number tells.
    let users = std::fs::read_to_string(USERS).unwrap_or_default();
    Ok(Actor::new(ActorKind::Operator, name(&users, user).unwrap_or_else(|| format!("uid {user}"))))
}

/// The user of the operating system who runs this process.
pub fn this_operator() -> io::Result<Actor> {
    let (one, _other) = UnixStream::pair()?;
    operator(&one)
}

fn name(users: &str, user: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(user)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_numbers() {
        let users = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nbroken\n";
        assert_eq!(name(users, 1000).as_deref(), Some("ann"));
        assert_eq!(name(users, 1), None);
    }
}
