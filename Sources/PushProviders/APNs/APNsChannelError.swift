public import APNs
import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a request about a broadcast channel came to nothing.
public struct APNsChannelError: Error, Sendable, CustomStringConvertible {
    /// HTTP; nil when no answer came.
    public let status: Int?
    /// APNs's word for it, if it gave one.
    public let reason: APNsReason?
    /// What is wrong and what to do about it.
    public let message: String
    /// Whether the same request may succeed later as it is.
    public let isTemporary: Bool
    /// Whether another host may know better.
    let isAboutTheHost: Bool

    public var description: String { message }

    static let unreadable = APNsChannelError(
        status: nil, reason: nil, message: "APNs gave an answer that can't be read", isTemporary: false)

    private init(status: Int?, reason: APNsReason?, message: String, isTemporary: Bool, isAboutTheHost: Bool = false) {
        self.status = status
        self.reason = reason
        self.message = message
        self.isTemporary = isTemporary
        self.isAboutTheHost = isAboutTheHost
    }

    init(_ reply: TransportReply, _ route: APNsRoute, _ now: Date) {
        let answer = APNsReply(status: reply.status, body: reply.body) { reply.header($0) }
        self.init(
            status: reply.status, reason: answer.reason, message: APNsOutcome.explain(answer),
            isTemporary: route.outcome(of: .success(reply), now: now)?.isTemporary ?? false,
            isAboutTheHost: reply.status == 404 && answer.reason == .badPath)
    }

    init(_ error: TransportError) {
        let isTemporary = APNsOutcome.read(error).isTemporary
        self.init(
            status: nil, reason: nil, message: error.message, isTemporary: isTemporary, isAboutTheHost: error.code == .untrusted)
    }

    init(_ outcome: Outcome) {
        let problem = if case .unauthorized(let problem) = outcome { problem } else { "the credential can't be used" }
        self.init(status: nil, reason: nil, message: problem, isTemporary: false)
    }
}

extension Outcome {
    fileprivate var isTemporary: Bool {
        switch self {
        case .unavailable, .throttled: true
        default: false
        }
    }
}
