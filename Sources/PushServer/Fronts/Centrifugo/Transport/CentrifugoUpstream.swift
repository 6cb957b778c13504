import HTTPTransport

/// A Centrifugo that answers what isn't push.
struct CentrifugoUpstream: Sendable {
    private let url: String
    private let key: String
    private let transport: any Transport

    /// - Parameter transport: one that may reach addresses within the operator's network.
    init?(_ settings: CentrifugoSettings, transport: any Transport) {
        guard let url = settings.upstream else { return nil }
        self.url = url
        self.transport = transport
        key = settings.upstreamKey ?? settings.apiKey
    }

    private static let replyLimitBytes = 16 << 20

    /// The reply as it is.
    /// - Throws: ``CentrifugoError`` when there is none.
    func reply(_ method: String, _ body: [UInt8], headers: [(name: String, value: String)] = []) async throws -> TransportReply {
        var request = TransportRequest(
            url: "\(url)/\(method)", headers: [("content-type", "application/json"), ("x-api-key", key)] + headers, body: body)
        request.replyLimitBytes = Self.replyLimitBytes
        do {
            return try await transport.send(request, within: .seconds(10))
        } catch {
            throw CentrifugoError.internalError("the Centrifugo behind centrifugo.upstream doesn't answer: \(error)")
        }
    }

    /// A method's result, taken out of the reply byte for byte.
    func call(_ method: String, _ parameters: [UInt8]) async throws -> [UInt8] {
        let reply = try await reply(method, parameters)
        let members = try? GoJSON.members(reply.body[...])
        if let result = members?["result"], reply.status == 200 { return Array(result) }
        if let text = members?["error"], let error = try? GoJSON.decode(Refusal.self, Array(text)) {
            throw CentrifugoError(
                code: error.code ?? 100, message: error.message ?? "", problem: "so says the Centrifugo behind centrifugo.upstream")
        }
        throw CentrifugoError.internalError("the Centrifugo behind centrifugo.upstream answered \(reply.status) to \(method)")
    }

    private struct Refusal: Decodable {
        let code: Int?
        let message: String?
    }
}
