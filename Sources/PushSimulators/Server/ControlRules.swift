#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `GET|PUT|DELETE /faults`, `GET|DELETE /requests`, `GET /counts`.
struct ControlRules: Sendable {
    private static let usualLimit = 100

    let record: SimulatorRecord

    func answer(_ request: SimulatorRequest) -> SimulatorReply {
        switch (request.method, request.route) {
        case ("GET", "/faults"): return reply(record.script.json)
        case ("PUT", "/faults"): return setFaults(request.body)
        case ("DELETE", "/faults"):
            record.setScript(.none)
            return SimulatorReply(204)
        case ("GET", "/counts"): return encode(namedCounts)
        case ("GET", "/requests"): return encode(Received(counts: namedCounts, requests: requests(FormFields(query: request.path))))
        case ("DELETE", "/requests"):
            record.clear()
            return SimulatorReply(204)
        case (_, "/faults"), (_, "/counts"), (_, "/requests"): return problem(405, "\(request.route) doesn't take \(request.method)")
        default: return problem(404, "There are /faults, /requests and /counts")
        }
    }

    private func setFaults(_ body: [UInt8]) -> SimulatorReply {
        do throws(FaultScriptProblem) {
            record.setScript(try FaultScript(json: body))
            return reply(record.script.json)
        } catch {
            return problem(422, error.description)
        }
    }

    private var namedCounts: [String: RequestCounts] {
        Dictionary(uniqueKeysWithValues: record.counts.map { ($0.key.rawValue, $0.value) })
    }

    /// `?port=apns&token=…&limit=10`
    private func requests(_ query: FormFields) -> [ReceivedRequest] {
        let limit = query["limit"].flatMap(Int.init) ?? Self.usualLimit
        let (port, provider, token) = (query["port"], query["provider"], query["token"])
        return record.newest(max(0, limit)) { entry in
            if let port, entry.port.rawValue != port { return false }
            if let provider, entry.port.provider.rawValue != provider { return false }
            if let token, !entry.targets.contains(token) { return false }
            return true
        }.map(ReceivedRequest.init)
    }

    private struct Received: Encodable {
        let counts: [String: RequestCounts]
        let requests: [ReceivedRequest]
    }

    private func encode(_ value: some Encodable) -> SimulatorReply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return reply((try? encoder.encode(value)).map(Array.init) ?? [])
    }

    private func reply(_ json: [UInt8]) -> SimulatorReply {
        SimulatorReply(200, headers: [("content-type", "application/json")], body: json)
    }

    private func problem(_ status: Int, _ sentence: String) -> SimulatorReply {
        .json(status, #"{"error":\#(JSONText.quoted(sentence))}"#)
    }
}

/// One request as the control endpoint shows it.
struct ReceivedRequest: Encodable {
    let port: String
    /// `push`, `oauth` or `other`.
    let kind: String
    /// Milliseconds since 1970.
    let at_ms: Int
    let method: String
    let path: String
    let tokens: [String]
    /// In the order of arrival.
    let headers: [[String]]
    /// As text, when it is UTF-8.
    let body: String?
    let body_base64: String?
    let accepted: Bool
    let status: Int?
    let reason: String?
    let fault: String?

    init(_ entry: RequestLog.Entry) {
        port = entry.port.rawValue
        kind = entry.kind.rawValue
        at_ms = Int((entry.at.timeIntervalSince1970 * 1000).rounded())
        method = entry.request.method
        path = entry.request.path
        tokens = entry.targets
        headers = entry.request.headers.map { [$0.name, $0.value] }
        body = String(validating: entry.request.body, as: UTF8.self)
        body_base64 = body == nil ? Data(entry.request.body).base64EncodedString() : nil
        accepted = entry.isAccepted
        status = entry.status
        reason = entry.reason
        fault = entry.fault
    }
}
