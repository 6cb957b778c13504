import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Application servers: each a connection that posts one message after the other, to all endpoints in turn.
final class Senders: Sendable {
    private let channels: [any Channel]
    private let plan: Plan

    /// What is to be posted, and by when.
    final class Plan: Sendable {
        let paths: [String]
        let next = Atomic(0)
        let answered = Atomic(0)
        let state = Mutex(State())

        struct State {
            var end = 0
            var startedAt: UInt64 = 0
            var nanosecondsEach: UInt64 = 0
            var waiter: CheckedContinuation<Void, any Error>?
        }

        init(paths: [String]) { self.paths = paths }

        func finish(_ error: (any Error)? = nil) {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            if let error { waiter?.resume(throwing: error) } else { waiter?.resume() }
        }
    }

    init(_ count: Int, port: Int, endpoints: [String]) async throws {
        let plan = Plan(paths: endpoints.map { "/" + $0.split(separator: "/").dropFirst(2).joined(separator: "/") })
        var channels: [any Channel] = []
        for _ in 0..<count {
            channels.append(
                try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .channelOption(.socketOption(.init(rawValue: TCP_NODELAY)), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(PostHandler(plan)) }
                    }
                    .connect(host: "127.0.0.1", port: port).get())
        }
        self.plan = plan
        self.channels = channels
    }

    /// Returns when all are answered 201.
    /// - Parameter rate: nil for as fast as answers come.
    func post(_ count: Int, perSecond rate: Int?) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            plan.state.withLock { state in
                state.end = count
                state.startedAt = MessageClock.nanoseconds
                state.nanosecondsEach = rate.map { UInt64(1_000_000_000 / $0) } ?? 0
                state.waiter = continuation
            }
            plan.next.store(0, ordering: .relaxed)
            plan.answered.store(0, ordering: .relaxed)
            for channel in channels { channel.triggerUserOutboundEvent(PostHandler.Go(), promise: nil) }
        }
    }

    func close() { for channel in channels { channel.close(promise: nil) } }
}

private final class PostHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Go: Sendable {}

    private let plan: Senders.Plan
    private var answer = ByteBuffer()

    init(_ plan: Senders.Plan) { self.plan = plan }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is Go { post(context) } else { context.triggerUserOutboundEvent(event, promise: promise) }
    }

    private func post(_ context: ChannelHandlerContext) {
        let (end, start, each) = plan.state.withLock { ($0.end, $0.startedAt, $0.nanosecondsEach) }
        let number = plan.next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < end else { return }
        let due = start + UInt64(number) * each, now = MessageClock.nanoseconds
        guard each > 0, due > now else { return write(number, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .nanoseconds(Int64(due - now))) { bound.value.0.write(number, bound.value.1) }
    }

    private func write(_ number: Int, _ context: ChannelHandlerContext) {
        var body = ByteBuffer()
        body.writeInteger(MessageClock.nanoseconds)
        body.writeRepeatingByte(7, count: 192)
        var request = context.channel.allocator.buffer(capacity: 512)
        request.writeString(
            """
            POST \(plan.paths[number % plan.paths.count]) HTTP/1.1\r\nHost: localhost\r\nTTL: 600\r\nContent-Encoding: aes128gcm\r\n\
            Content-Length: \(body.readableBytes)\r\n\r\n
            """)
        request.writeBuffer(&body)
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var more = unwrapInboundIn(data)
        answer.writeBuffer(&more)
        let text = answer.getString(at: answer.readerIndex, length: answer.readableBytes) ?? ""
        // A 201 has no body: the empty line is its end.
        guard text.hasSuffix("\r\n\r\n") else { return }
        answer.clear()
        guard text.hasPrefix("HTTP/1.1 201") else { return plan.finish(BenchmarkError("a message was answered \(text.prefix(200))")) }
        let end = plan.state.withLock { $0.end }
        if plan.answered.wrappingAdd(1, ordering: .relaxed).newValue == end { plan.finish() }
        post(context)
    }
}
