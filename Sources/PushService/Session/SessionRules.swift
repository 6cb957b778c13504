/// What all sessions of a server have in common: a reference to it in each, since there is one for every connection.
public final class SessionRules: Sendable {
    let codec: EndpointCodec
    let limits: PushServiceLimits

    public init(codec: EndpointCodec, limits: PushServiceLimits = .init()) {
        self.codec = codec
        self.limits = limits
    }
}
