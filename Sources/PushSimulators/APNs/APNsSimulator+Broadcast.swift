import JWS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Broadcasts and their channels, which here live at the same address as everything else (Apple: Sending broadcast push notification
/// requests to APNs; Sending channel management requests to APNs).
extension APNsSimulator {
    private static let maximumBroadcastBytes = 5120

    mutating func judgeBroadcast(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> Verdict {
        let route = request.segments.map(String.init)
        guard let operation = Operation(route), let bundleID = operation.bundleID(route) else {
            return Verdict(reply(.badPath, to: request), kind: .other)
        }
        let outcome = answer(request, operation, bundleID, on: &connection, now: now)
        if outcome.refusal == nil { connection.streamLimit = max(connection.streamLimit, Self.streamLimit) }
        let channel = request.header("apns-channel-id")
        return Verdict(
            broadcastReply(outcome, to: request), kind: operation == .send ? .push : .other,
            targets: operation == .send ? [channel ?? ""] : [])
    }

    private enum Operation {
        case send
        case channels
        case list

        init?(_ route: [String]) {
            switch (route.count, route.first, route.last) {
            case (4, "4", _) where route[1...2] == ["broadcasts", "apps"]: self = .send
            case (4, "1", "channels") where route[1] == "apps": self = .channels
            case (4, "1", "all-channels") where route[1] == "apps": self = .list
            default: return nil
            }
        }

        func bundleID(_ route: [String]) -> String? {
            let text = self == .send ? route[3] : route[2]
            return text.isEmpty ? nil : text
        }
    }

    private struct Outcome {
        var status = 200
        var refusal: APNsRefusal?
        var headers: [SimulatorReply.Header] = []
        var body = ""

        static func refused(_ status: Int, _ reason: String) -> Outcome { Outcome(refusal: APNsRefusal(status, reason)) }
    }

    private mutating func answer(
        _ request: SimulatorRequest, _ operation: Operation, _ bundleID: String, on connection: inout ConnectionMemory, now: Date
    ) -> Outcome {
        if let refusal = APNsRefusal.ofRepeats(request) ?? authenticate(request, on: &connection, now: now) {
            return Outcome(refusal: refusal)
        }
        if let id = request.header("apns-request-id"), !APNsVocabulary.isUUID(id) { return .refused(400, "BadMessageId") }
        guard APNsVocabulary.split(topic: bundleID).suffix.isEmpty else { return .refused(400, "TopicDisallowed") }
        guard account.bundleIDs.contains(bundleID) else { return .refused(403, "TopicMismatch") }
        switch (operation, request.method) {
        case (.send, "POST"): return send(request, of: bundleID)
        case (.channels, "POST"): return create(request, of: bundleID)
        case (.channels, "GET"), (.channels, "DELETE"): return readOrRemove(request, of: bundleID)
        case (.list, "GET"):
            return Outcome(body: #"{"channels":[\#(channels.ids(of: bundleID).map(JSONText.quoted).joined(separator: ","))]}"#)
        default: return .refused(405, "MethodNotAllowed")
        }
    }

    private mutating func create(_ request: SimulatorRequest, of bundleID: String) -> Outcome {
        guard !request.body.isEmpty else { return .refused(400, "PayloadEmpty") }
        guard let body = JSONText(request.body), let number = body["message-storage-policy"]?.integer,
            let policy = BroadcastChannels.StoragePolicy(rawValue: number)
        else { return .refused(400, "BadRequestPayload") }
        guard let type = body["push-type"]?.string else { return .refused(400, "MissingPushType") }
        guard type == "LiveActivity" else { return .refused(400, "InvalidPushType") }
        guard let id = channels.create(of: bundleID, policy, chance: &identifiers) else {
            return .refused(400, "CannotCreateChannelConfig")
        }
        return Outcome(status: 201, headers: [("apns-channel-id", id)])
    }

    private mutating func readOrRemove(_ request: SimulatorRequest, of bundleID: String) -> Outcome {
        if let refusal = refusalOfChannel(request, of: bundleID) { return Outcome(refusal: refusal) }
        let id = request.header("apns-channel-id") ?? ""
        if request.method == "DELETE" {
            channels.remove(id, of: bundleID)
            return Outcome(status: 204)
        }
        let policy = channels.policy(id, of: bundleID)?.rawValue ?? 0
        return Outcome(body: #"{"message-storage-policy":\#(policy),"push-type":"LiveActivity"}"#)
    }

    private func refusalOfChannel(_ request: SimulatorRequest, of bundleID: String) -> APNsRefusal? {
        guard let id = request.header("apns-channel-id"), !id.isEmpty else { return APNsRefusal(400, "MissingChannelId") }
        guard Base64URL.decode(id) != nil else { return APNsRefusal(400, "BadChannelId") }
        return channels.policy(id, of: bundleID) == nil ? APNsRefusal(400, "ChannelNotRegistered") : nil
    }

    private func send(_ request: SimulatorRequest, of bundleID: String) -> Outcome {
        if let refusal = refusalOfChannel(request, of: bundleID) { return Outcome(refusal: refusal) }
        guard let type = request.header("apns-push-type") else { return .refused(400, "MissingPushType") }
        guard type == "liveactivity" else { return .refused(400, "InvalidPushType") }
        guard ["10", "5", "1"].contains(request.header("apns-priority")) else { return .refused(400, "BadPriority") }
        let policy = request.header("apns-channel-id").flatMap { channels.policy($0, of: bundleID) }
        guard let expiration = request.header("apns-expiration").flatMap(Int.init), expiration >= 0, policy == .newest || expiration == 0
        else {
            return .refused(400, "BadExpirationDate")
        }
        if let refusal = APNsRefusal.ofPayload(request.body, maximumBytes: Self.maximumBroadcastBytes) { return Outcome(refusal: refusal) }
        let event = JSONText(request.body)?["aps"]?["event"]?.string
        return ["update", "end"].contains(event) ? Outcome() : .refused(400, "BadRequestPayload")
    }

    private mutating func broadcastReply(_ outcome: Outcome, to request: SimulatorRequest) -> SimulatorReply {
        let given = request.header("apns-request-id").flatMap { APNsVocabulary.isUUID($0) ? $0 : nil }
        let headers: [SimulatorReply.Header] = [("apns-request-id", given ?? makeID())] + outcome.headers
        if let refusal = outcome.refusal { return SimulatorReply(refusal.status, headers: headers, body: refusal.body) }
        return SimulatorReply(outcome.status, headers: headers, body: Array(outcome.body.utf8))
    }
}
