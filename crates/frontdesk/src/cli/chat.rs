//! `frontdesk chat`.
