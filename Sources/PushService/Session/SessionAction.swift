public import WebPush

/// What the server has to do for a session, in the order given. Actions that ask the store are answered by an event.
public enum SessionAction: Sendable, Hashable {
    /// ``MessageStore/connect(_:to:now:)``; answer with `lookedUp` or `storeFailed`.
    case lookUp(UAID)
    /// From now on this connection is the user agent's (``SessionRegistry``): offer it what is posted.
    /// Comes before the first `load`, so that no message falls between the two.
    case attach(UAID, ConnectionNumber)
    /// Write a text frame.
    case send(ServerMessage)
    /// Answer with `registered` or `registrationFailed`.
    case register(Channel, restrictedTo: [UInt8]?)
    /// Answer with `unregistered` or `unregistrationFailed`.
    case unregister(Channel)
    /// Answer with `loaded` or `storeFailed`. At most one is under way. The read must begin after this action was given.
    case load(UAID, after: MessageSequence, limit: Int)
    /// Whether the store has a message above `after` that is at least so urgent: ``MessageStore/hasMessage(for:after:atLeast:now:)``.
    /// Answer with `probed` or `storeFailed`. At most one is under way. The read must begin after this action was given.
    case probe(UAID, after: MessageSequence, Urgency)
    /// Acknowledged messages, with what the user agent said. No answer. Those that a process
    /// didn't come to delete before its end are sent again in a later session.
    case delete([EndedMessage])
    /// ``MessageStore/recordConnections(of:now:)`` again, so that a long connection doesn't look like a long absence. No answer.
    case recordConnection(UAID)
    /// Something to count. Never changes what the session does.
    case note(SessionNote)
    /// Send a close frame, then close the connection at once: a user agent may never answer the close frame.
    /// The last action of a session.
    case close(SessionClose)
}

/// Facts for counters and logs.
public enum SessionNote: Sendable, Hashable {
    /// The user agent said hello; whether we handed out a new UAID.
    case identified(isNew: Bool)
    /// A message was sent; whether from the store's backlog, not as it was posted.
    case sent(fromBacklog: Bool)
    /// A message reached its end at the user agent.
    case acknowledged(Acknowledgement.Verdict)
    /// An ack for a message that isn't this user agent's, or that it acknowledged before.
    case strayAcknowledgement
    /// The application's handler failed (`nack`).
    case failedInUserAgent(code: Int?)
    /// A message expired before it could be sent.
    case expired
    /// A message of TTL 0 reached its end: the user agent acknowledged it, or it was dropped because it couldn't be sent at once.
    case endedUnstored(MessageEnding)
    case unregistered(code: Int?)
    /// A frame of a type that we don't know was skipped.
    case skippedFrame
}
