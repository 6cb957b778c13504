import WebPush

/// Where a vendor's push service wants more than RFC 8030 says.
enum PushServiceVendor {
    case apple, microsoft, other

    /// - Parameter host: in lower case.
    init(host: String) {
        if host.hasSuffix(".notify.windows.com") {
            self = .microsoft
        } else if host.hasSuffix(".push.apple.com") {
            self = .apple
        } else {
            self = .other
        }
    }

    /// Apple's asks for a positive number.
    func ttl(_ ttl: TTL) -> TTL { self == .apple ? max(ttl, TTL(seconds: 1)) : ttl }

    /// Microsoft's refuses TTL 0 unless told not to keep the message; no other knows the header.
    func headers(_ ttl: TTL) -> [(name: String, value: String)] {
        self == .microsoft ? [("x-wns-cache-policy", ttl.seconds == 0 ? "no-cache" : "cache")] : []
    }
}
