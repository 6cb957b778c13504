/// What the shell does about a request.
public struct Answer: Sendable {
    /// Nil: none, ever.
    public var reply: SimulatorReply?
    public var delayMilliseconds = 0
    /// The stream ends with this code instead of a reply.
    public var reset: HTTP2Code?
    public var goAway: Fault.GoAway?
    public var closesBefore = false
    public var closesAfter = false
    /// From now on the connection neither reads nor writes.
    public var goesDeaf = false
    /// To be announced before the reply.
    public var streamLimit: Int?
    public var slowBody: Fault.ReplyBody?

    init(_ reply: SimulatorReply?) { self.reply = reply }
}
