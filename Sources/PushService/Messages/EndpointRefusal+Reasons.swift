// The closed list of reasons. Statuses and numbers are a contract: senders delete subscriptions because of them.
extension EndpointRefusal {
    /// The endpoint isn't one of ours.
    public static let unknownEndpoint = EndpointRefusal(
        404, errno: 102, "This endpoint was not made by this push service. Delete the subscription.")

    /// The subscription has ended; a sender may remember that.
    public static func endpointGone(cacheSeconds: Int) -> EndpointRefusal {
        EndpointRefusal(
            410, errno: 106, "The user agent has unsubscribed. Delete the subscription.", cacheSeconds: cacheSeconds)
    }

    /// The message couldn't be kept.
    public static func storeFailed(retryAfterSeconds: Int) -> EndpointRefusal {
        EndpointRefusal(
            503, errno: 201, "The message could not be stored. Send it again later.",
            retryAfterSeconds: retryAfterSeconds)
    }

    /// - Parameter whose: such as `to one subscription`.
    public static func tooMany(_ whose: String, retryAfterSeconds: Int) -> EndpointRefusal {
        EndpointRefusal(
            429, errno: nil, "Too many messages \(whose). Send it again after the seconds in Retry-After.",
            retryAfterSeconds: retryAfterSeconds)
    }

    /// The server may say so before it has read the whole body.
    public static func bodyTooLarge(limitBytes: Int) -> EndpointRefusal {
        EndpointRefusal(
            413, errno: 104, "The body is too large: at most \(limitBytes) bytes are taken. Send a shorter message.")
    }

    /// - Parameter problem: what took too long.
    public static func tooSlow(_ problem: String) -> EndpointRefusal { EndpointRefusal(408, errno: nil, problem) }

    /// The platform of a mobile user agent doesn't take the message now.
    public static func bridgeFailed(_ trouble: BridgeTrouble) -> EndpointRefusal {
        EndpointRefusal(
            502, errno: trouble.rawValue, "The push service of the user agent's platform can't be reached. Send the message again later.")
    }

    /// A registration of a mobile user agent that can't be.
    public static func badRegistration(_ problem: String) -> EndpointRefusal { EndpointRefusal(400, errno: nil, problem) }

    /// Whoever asks isn't the user agent that it names.
    public static let wrongSecret = EndpointRefusal(
        401, errno: 109, "Authorization must be webpush SECRET, with the secret that the registration was answered with.")

    public static let unknownUserAgent = EndpointRefusal(
        410, errno: 103, "There is no such user agent (any more). Register anew.")

    /// What a user agent wants to end has ended, or never was.
    public static let unknownChannel = EndpointRefusal(410, errno: 106, "There is no such subscription (any more). Nothing is left to do.")

    /// - Parameter names: of the bridges that there are.
    public static func unknownBridge(_ names: [String]) -> EndpointRefusal {
        EndpointRefusal(400, errno: 108, "There is no such bridge. There are: \(names.joined(separator: ", ")).")
    }

    /// What monitoring is tested with.
    public static let rehearsal = EndpointRefusal(418, errno: 999, "This is an error on purpose: nothing is wrong.")

    /// The id in `/m/{id}` isn't one of ours.
    public static let unknownMessage = EndpointRefusal(
        400, errno: nil, "This message id was not made by this push service. Use the URL in the Location header.")

    /// Anything wrong with the VAPID token (RFC 8292).
    static func unauthorized(_ problem: String) -> EndpointRefusal {
        EndpointRefusal(401, errno: 109, problem)
    }

    /// To who can't sign.
    static let restrictedEndpoint = EndpointRefusal(
        401, errno: 109, "This endpoint takes posts of one VAPID key only, and a gateway has none. Subscribe without a key.")

    static func badCryptoHeader(_ problem: String) -> EndpointRefusal {
        EndpointRefusal(400, errno: 110, problem)
    }

    static let missingTTL = EndpointRefusal(
        400, errno: 111, "TTL is missing or isn't a number. Give the header TTL in whole seconds, 0 or more.")

    static let negativeTTL = EndpointRefusal(
        400, errno: 114, "TTL is negative. Give the header TTL in whole seconds, 0 or more.")

    static let badTopic = EndpointRefusal(
        400, errno: 113, "Topic must have 1 to 32 characters of the base64url alphabet (A-Z a-z 0-9 - _).")

    /// RFC 8030 §5.1.
    static let badReceiptLink = EndpointRefusal(
        400, errno: nil,
        """
        The Link to a receipt subscription isn't one of ours. Leave it out: the reply to a message with Prefer: respond-async has a new \
        one.
        """)

    /// The receipt subscription was deleted, or not used for long.
    public static let receiptsGone = EndpointRefusal(
        400, errno: nil,
        "The receipt subscription in Link has ended. Leave it out: the reply to a message with Prefer: respond-async has a new one.")

    static let badUrgency = EndpointRefusal(
        400, errno: nil, "Urgency must be one of very-low, low, normal, high, and be given once.")
}
