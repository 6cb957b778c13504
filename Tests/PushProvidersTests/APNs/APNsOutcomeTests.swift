import Foundation
import HTTPTransport
import PushSender
import Testing

@testable import PushProviders

/// A row per documented answer.
@Suite struct APNsOutcomeTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    enum Meaning: String, Sendable {
        case accepted, unregistered, rejected, throttled, unavailable, unauthorized
        case badDeviceToken, providerTokenExpired, tooManyProviderTokens, connectionOfAnotherKey, topicRefused

        init(_ answer: APNsOutcome.Answer) {
            switch answer {
            case .outcome(.accepted), .outcome(.replaced): self = .accepted
            case .outcome(.unregistered): self = .unregistered
            case .outcome(.rejected): self = .rejected
            case .outcome(.throttled): self = .throttled
            case .outcome(.unavailable): self = .unavailable
            case .outcome(.unauthorized): self = .unauthorized
            case .badDeviceToken: self = .badDeviceToken
            case .providerTokenExpired: self = .providerTokenExpired
            case .tooManyProviderTokens: self = .tooManyProviderTokens
            case .connectionOfAnotherKey: self = .connectionOfAnotherKey
            case .topicRefused: self = .topicRefused
            }
        }
    }

    static let rows: [(Int, String, Meaning)] = [
        (400, "BadCollapseId", .rejected), (400, "BadDeviceToken", .badDeviceToken), (400, "BadExpirationDate", .rejected),
        (400, "BadMessageId", .rejected), (400, "BadPriority", .rejected), (400, "BadTopic", .unauthorized),
        (400, "DeviceTokenNotForTopic", .rejected), (400, "DuplicateHeaders", .rejected), (400, "IdleTimeout", .unavailable),
        (400, "InvalidPushType", .rejected), (400, "MissingDeviceToken", .rejected), (400, "MissingTopic", .unauthorized),
        (400, "PayloadEmpty", .rejected), (400, "TopicDisallowed", .topicRefused),
        (403, "BadCertificate", .unauthorized), (403, "BadCertificateEnvironment", .unauthorized),
        (403, "ExpiredProviderToken", .providerTokenExpired), (403, "Forbidden", .unauthorized), (403, "InvalidProviderToken", .unauthorized),
        (403, "MissingProviderToken", .unauthorized), (403, "UnrelatedKeyIdInToken", .connectionOfAnotherKey),
        (403, "BadEnvironmentKeyIdInToken", .unauthorized), (404, "BadPath", .rejected), (405, "MethodNotAllowed", .rejected),
        (410, "ExpiredToken", .unregistered), (410, "Unregistered", .unregistered), (413, "PayloadTooLarge", .rejected),
        (429, "TooManyProviderTokenUpdates", .tooManyProviderTokens), (429, "TooManyRequests", .throttled),
        (500, "InternalServerError", .unavailable), (503, "ServiceUnavailable", .unavailable), (503, "Shutdown", .unavailable),
        // Broadcasts
        (400, "FeatureNotEnabled", .unauthorized), (400, "MissingChannelId", .rejected), (400, "BadChannelId", .rejected),
        (400, "ChannelNotRegistered", .rejected), (400, "BadRequestParams", .rejected), (400, "BadRequestPayload", .rejected),
        (400, "MissingPushType", .rejected), (400, "CannotCreateChannelConfig", .rejected), (403, "TopicMismatch", .unauthorized),
        (400, "MissingChannelQueueSize", .rejected), (503, "Service Unavailable", .unavailable),
        // Not documented: by the class of the status, and no token dies of it
        (400, "NotYetInvented", .rejected), (401, "NotYetInvented", .unauthorized), (403, "NotYetInvented", .unauthorized),
        (404, "NotYetInvented", .rejected), (408, "NotYetInvented", .unavailable), (410, "NotYetInvented", .rejected),
        (400, "Unregistered", .rejected), (429, "NotYetInvented", .throttled), (500, "NotYetInvented", .unavailable),
        (599, "NotYetInvented", .unavailable), (302, "NotYetInvented", .rejected),
    ]

    private func read(_ status: Int, _ body: String, _ headers: [(name: String, value: String)] = []) -> APNsOutcome.Answer {
        APNsOutcome.read(.success(TransportReply(status: status, headers: headers, body: Array(body.utf8))), now: Self.now)
    }

    @Test(arguments: rows)
    func everyAnswerHasItsMeaning(_ status: Int, _ reason: String, _ meaning: Meaning) {
        #expect(Meaning(read(status, #"{"reason":"\#(reason)"}"#)) == meaning)
        #expect(Meaning(read(status, #"{"reason":"\#(reason.lowercased())"}"#)) == meaning, "case does not count")
    }

    @Test(arguments: [(200, Meaning.accepted), (400, .rejected), (403, .unauthorized), (410, .rejected), (413, .rejected), (429, .throttled), (503, .unavailable)])
    func withoutAReasonTheStatusDecides(_ status: Int, _ meaning: Meaning) { #expect(Meaning(read(status, "<html>")) == meaning) }

    @Test func whatIsTakenHasItsID() {
        #expect(read(200, "", [("apns-id", "9E0D")]) == .outcome(.accepted(id: "9E0D")))
        #expect(read(200, "") == .outcome(.accepted(id: nil)))
    }

    @Test func theMomentOfDeathIsKept() {
        let since = Date(timeIntervalSince1970: 1_700_000_000)
        #expect(read(410, #"{"reason":"Unregistered","timestamp":1700000000000}"#) == .outcome(.unregistered(since: since)))
        #expect(read(410, #"{"reason":"ExpiredToken"}"#) == .outcome(.unregistered(since: nil)))
    }

    @Test func aServerInTroubleIsLeftAloneForAQuarterOfAnHour() {
        func until(_ status: Int, _ reason: String, _ headers: [(name: String, value: String)] = []) -> Date? {
            guard case .outcome(.unavailable(let until, _)) = read(status, #"{"reason":"\#(reason)"}"#, headers) else { return nil }
            return until
        }
        #expect(until(500, "InternalServerError") == Self.now.addingTimeInterval(900))
        #expect(until(503, "ServiceUnavailable") == Self.now.addingTimeInterval(900))
        #expect(until(503, "ServiceUnavailable", [("retry-after", "30")]) == Self.now.addingTimeInterval(30))
        #expect(until(503, "Shutdown") == nil && until(400, "IdleTimeout") == nil, "a new connection is all it takes")
    }

    @Test func someAnswersSayWhatToDo() {
        let answer = read(403, #"{"reason":"InvalidProviderToken"}"#)
        #expect("\(answer)".contains("APNs answered 403 InvalidProviderToken: ") && "\(answer)".contains("team_id"))
    }

    @Test(arguments: [TransportError.Code.timedOut, .unreachable, .untrusted, .refused, .broken, .forbiddenAddress, .invalidURL])
    func silenceIsNoAnswer(_ code: TransportError.Code) {
        let outcome = APNsOutcome.read(TransportError(code, "why"))
        let isHopeless = code == .forbiddenAddress || code == .invalidURL
        #expect(outcome == (isHopeless ? .rejected(reason: "why") : .unavailable(until: nil, reason: "why")))
    }
}
