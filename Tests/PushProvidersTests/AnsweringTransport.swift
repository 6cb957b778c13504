import HTTPTransport
import Synchronization

/// Answers each request as the test says, and remembers it.
final class AnsweringTransport: Transport {
    private let recorded = Mutex<[TransportRequest]>([])
    private let answer: @Sendable (TransportRequest) -> Result<TransportReply, TransportError>

    init(_ answer: @escaping @Sendable (TransportRequest) -> Result<TransportReply, TransportError>) { self.answer = answer }

    convenience init(status: Int, headers: [(name: String, value: String)] = [], body: String = "") {
        self.init { _ in .success(TransportReply(status: status, headers: headers, body: Array(body.utf8))) }
    }

    var requests: [TransportRequest] { recorded.withLock { $0 } }
    func requests(to part: String) -> [TransportRequest] { requests.filter { $0.url.contains(part) } }

    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
        recorded.withLock { $0.append(request) }
        return try answer(request).get()
    }
}

extension TransportRequest {
    var text: String { String(decoding: body, as: UTF8.self) }
    func value(of header: String) -> String? { headers.first { $0.name == header }?.value }
}

extension TransportReply {
    static func json(_ text: String, status: Int = 200) -> TransportReply { TransportReply(status: status, body: Array(text.utf8)) }
}
