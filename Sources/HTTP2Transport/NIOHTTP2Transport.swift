public import AddressRule
public import HTTPTransport
public import NIOCore
public import NIOPosix
import NIOSSL
import Synchronization

/// Requests over HTTP/2 and SwiftNIO: many at once on few connections, none of them for longer than its deadline.
///
/// - Several connections per origin and ``HTTPTransport/ConnectionGroup``, spread over event loops, each opened when the streams of the
///   others are used up.
/// - What the far side did nothing with (GOAWAY, REFUSED_STREAM) is sent once more on another connection. What it may have taken is not:
///   it is reported as `broken`, or as `timedOut`.
/// - Silence is noticed by PING, also on connections without requests. The system's authorities are trusted, and those of the settings.
/// - An origin that doesn't offer `h2` in ALPN, and every `http://` URL, go to `fallback`.
/// - Cancelling the task that sends ends its requests.
public struct NIOHTTP2Transport: Transport {
    private let origins: Origins
    private let addressRule: AllowedAddresses
    private let fallback: any Transport

    /// - Parameters:
    ///   - addressRule: what may be connected to; see ``AddressRule/AllowedAddresses``.
    ///   - fallback: for HTTP/1.1. It has to keep the same rule, and is shut down by the caller.
    public init(
        settings: HTTP2TransportSettings = HTTP2TransportSettings(), addressRule: AllowedAddresses, fallback: any Transport,
        eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
    ) {
        self.init(settings: settings, addressRule: addressRule, fallback: fallback, eventLoopGroup: eventLoopGroup) {
            NIORandomizedDNSResolver(loop: $0)
        }
    }

    init(
        settings: HTTP2TransportSettings, addressRule: AllowedAddresses, fallback: any Transport, eventLoopGroup: any EventLoopGroup,
        resolver: @escaping @Sendable (any EventLoop) -> any Resolver & Sendable
    ) {
        origins = Origins(settings: settings, addressRule: addressRule, loops: eventLoopGroup, resolver: resolver)
        self.addressRule = addressRule
        self.fallback = fallback
    }

    public func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
        let answer = OneAnswer()
        await send([request], within: deadline) { _, result in answer.set(result) }
        return try answer.get()
    }

    /// `report` is called on event loops: it must not block.
    public func send(
        _ requests: [TransportRequest], within deadline: Duration,
        report: @escaping @Sendable (_ index: Int, _ reply: Result<TransportReply, TransportError>) -> Void
    ) async {
        let batch = Batch(requests, deadline: .now + deadline, report: report)
        guard origins.begin() else { return batch.answerAll(TransportError(.unreachable, "the server is shutting down")) }
        defer { origins.end() }
        let used = start(batch)
        await withTaskCancellationHandler {
            await finish(batch)
        } onCancel: {
            for origin in used { origin.cancel(batch) }
        }
    }

    /// Waits until every request is answered, then closes all connections. Whoever sends afterwards is told that nothing is reachable.
    public func shutdown() async { await origins.shutDown() }

    /// Hands each request to its origin.
    private func start(_ batch: Batch) -> [Origin] {
        var used: [Origin] = []
        for part in BatchParts(batch, rule: addressRule).parts {
            switch part {
            case .http1(let index): batch.handToHTTP1([index])
            case .refused(let index, let error): batch.answer(index, .failure(error))
            case .http2(let origin, let group, let runs):
                do throws(TransportError) {
                    let origin = try origins.origin(origin, group)
                    used.append(origin)
                    origin.send(runs)
                } catch {
                    for run in runs { run.answerAll(error) }
                }
            }
        }
        return used
    }

    /// Until all is answered; what turns out to need HTTP/1.1 goes its way meanwhile.
    private func finish(_ batch: Batch) async {
        var indices = await batch.requestsForHTTP1()
        guard !indices.isEmpty else { return }
        await withDiscardingTaskGroup { group in
            while !indices.isEmpty {
                group.addTask { [indices] in await sendOverHTTP1(indices, of: batch) }
                indices = await batch.requestsForHTTP1()
            }
        }
    }

    private func sendOverHTTP1(_ indices: [Int], of batch: Batch) async {
        let left = ContinuousClock.now.duration(to: batch.deadline)
        await fallback.send(indices.map { batch.requests[$0] }, within: max(.zero, left)) { index, result in
            batch.answer(indices[index], result)
        }
    }
}

/// Where the only answer of a batch of one is kept until its sender wakes up.
private final class OneAnswer: Sendable {
    private let result = Mutex<Result<TransportReply, TransportError>?>(nil)

    func set(_ result: Result<TransportReply, TransportError>) { self.result.withLock { $0 = result } }

    func get() throws(TransportError) -> TransportReply {
        guard let result = result.withLock({ $0 }) else { throw TransportError(.broken, "the request was never answered") }
        return try result.get()
    }
}
