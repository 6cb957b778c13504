import AddressRule
import HTTPTransport
import NIOCore
import Synchronization

/// One origin for one ``HTTPTransport/ConnectionGroup``: asks its ``OriginPool`` under a lock, and does what that says outside of it.
final class Origin: Sendable {
    let connector: Connector
    private let loops: any EventLoopGroup
    private let state: Mutex<State>

    private struct State {
        var pool: OriginPool
        var links: [ConnectionID: Link] = [:]
        var timer: (scheduled: Scheduled<Void>, at: ContinuousClock.Instant)?
        var isShutDown = false
    }

    /// A connection as others see it.
    private struct Link: Sendable {
        let loop: any EventLoop
        /// There is a TCP connection.
        var handler: NIOLoopBound<ConnectionHandler>?
        let ended: EventLoopPromise<Void>
    }

    init(_ connector: Connector, on loops: any EventLoopGroup) {
        self.connector = connector
        self.loops = loops
        state = Mutex(State(pool: OriginPool(settings: connector.settings, startsWithOneStream: connector.group.startsWithOneStream)))
    }

    // MARK: For the transport

    func send(_ runs: [Run]) {
        perform { $0.enqueue(runs, now: .now) }
    }

    func cancel(_ batch: Batch) {
        let (runs, links) = state.withLock { ($0.pool.cancel(batch), Array($0.links.values)) }
        for run in runs { run.answerAll(TransportError(.refused, "the request was cancelled before it was sent")) }
        for link in links { link.loop.execute { link.handler?.value.cancel(batch) } }
    }

    /// Closes all connections when their requests are answered.
    func shutDown() async {
        let links = state.withLock { state in
            state.isShutDown = true
            state.timer?.scheduled.cancel()
            state.timer = nil
            return Array(state.links.values)
        }
        for link in links { link.loop.execute { link.handler?.value.drain() } }
        for link in links { try? await link.ended.futureResult.get() }
    }

    var isDisposable: Bool { state.withLock { $0.pool.isDisposable(now: .now) } }

    // MARK: For its connections, on their event loops

    func take(_ id: ConnectionID, available: Int) -> [Run] {
        state.withLock { $0.pool.take(id, available: available) }
    }

    func connected(_ id: ConnectionID, available: Int) {
        state.withLock { $0.pool.connected(id, available: available) }
    }

    func draining(_ id: ConnectionID) {
        perform { $0.draining(id, now: .now) }
    }

    func closed(_ id: ConnectionID, error: TransportError?) {
        perform { $0.closed(id, error: error, now: .now, jitter: .random(in: 0..<1)) }
        state.withLock { $0.links.removeValue(forKey: id) }?.ended.succeed()
    }

    func speaksHTTP1(_ id: ConnectionID) {
        perform { $0.speaksHTTP1(id, now: .now) }
    }

    /// Hands answers out. What the far side did nothing with is sent once more.
    func deliver(_ answers: [HTTP2Connection.Answer], from id: ConnectionID) {
        var refused: [Run] = []
        var isProven = false
        for answer in answers {
            switch answer.result {
            case .success(let reply):
                isProven = true
                answer.ticket.answer(.success(reply))
            case .failure(let failure) where failure.kind == .refused && answer.ticket.mayBeResent:
                refused.append(answer.ticket.run(refusedBy: id))
            case .failure(let failure) where failure.kind == .needsHTTP1:
                toHTTP1([answer.ticket.run(refusedBy: id)])
            case .failure(let failure):
                answer.ticket.answer(.failure(failure.transportError))
            }
        }
        if isProven { state.withLock { $0.pool.proved(id) } }
        if !refused.isEmpty { perform { $0.takeBack(refused, now: .now) } }
    }

    // MARK: -

    private func perform(_ event: (inout OriginPool) -> OriginPool.Plan) {
        let (plan, links) = state.withLock { state in
            let plan = event(&state.pool)
            return (plan, plan.wake.compactMap { state.links[$0] })
        }
        wake(links)
        for id in plan.connect { connect(id) }
        for (run, error) in plan.fail { run.answerAll(error) }
        toHTTP1(plan.toHTTP1)
        if let moment = plan.tickAt { schedule(at: moment) }
    }

    /// One hop for each event loop.
    private func wake(_ links: [Link]) {
        var links = links
        while let first = links.first {
            let here = links.filter { $0.loop === first.loop }
            links.removeAll { $0.loop === first.loop }
            first.loop.execute { for link in here { link.handler?.value.pull() } }
        }
    }

    private func toHTTP1(_ runs: [Run]) {
        guard connector.group.identity == nil else {
            let error = TransportError(.unreachable, "\(connector.origin.host) has no HTTP/2, which a client certificate needs here")
            return runs.forEach { $0.answerAll(error) }
        }
        for run in runs { run.batch.handToHTTP1(run.indices) }
    }

    private func connect(_ id: ConnectionID) {
        let loop = loops.next()
        let usableBy = ContinuousClock.now + connector.settings.connectTimeout
        state.withLock { $0.links[id] = Link(loop: loop, ended: loop.makePromise()) }
        connector.connect(on: loop).whenComplete { result in
            do {
                let channel = try result.get()
                do { try self.use(channel, as: id, usableBy: usableBy) } catch {
                    channel.close(promise: nil)
                    throw error
                }
            } catch {
                self.closed(id, error: TransportError(connecting: error, to: self.connector.origin))
            }
        }
    }

    /// On the event loop of the channel.
    private func use(_ channel: any Channel, as id: ConnectionID, usableBy: ContinuousClock.Instant) throws {
        let age = connector.settings.maximumAge * Double.random(in: 0.9..<1.1)
        let limits = HTTP2Connection.Limits(
            settings: connector.settings, startsWithOneStream: connector.group.startsWithOneStream, retiresAt: .now + age)
        let handler = ConnectionHandler(
            id: id, origin: self, connection: HTTP2Connection(authority: connector.authority, limits: limits, now: .now),
            usableBy: usableBy)
        let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        let isWanted = state.withLock { state in
            state.links[id]?.handler = bound
            return !state.isShutDown
        }
        guard isWanted else { throw ChannelError.alreadyClosed }
        try connector.add(handler, to: channel)
    }

    /// One timer for all that waits, moved only when something is due earlier.
    private func schedule(at moment: ContinuousClock.Instant) {
        state.withLock { state in
            guard state.timer.map({ moment < $0.at }) ?? true else { return }
            state.timer?.scheduled.cancel()
            let delay = TimeAmount(max(.zero, ContinuousClock.now.duration(to: moment)))
            state.timer = (loops.any().scheduleTask(in: delay) { self.ring() }, moment)
        }
    }

    private func ring() {
        state.withLock { $0.timer = nil }
        perform { $0.tick(now: .now) }
    }
}

extension Ticket {
    fileprivate var mayBeResent: Bool { !isResent && ContinuousClock.now < batch.deadline }

    fileprivate func run(refusedBy id: ConnectionID) -> Run {
        Run(batch: batch, indices: Int(index)..<Int(index) + 1, originLength: originLength, isResent: true, refusedBy: id)
    }
}
