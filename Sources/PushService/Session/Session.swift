#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// One connection of a user agent, as a pure state machine: events and the time go in, actions come out.
///
/// The server keeps one per WebSocket, feeds it events one at a time and carries out the actions in order.
/// The protocol is the one that Firefox speaks with Mozilla's push service.
public struct Session: Sendable {
    private let rules: SessionRules
    private let newUAID: UAID
    /// Nil where nothing is announced: then nobody's interest is remembered.
    private var board: BroadcastBoard?
    private var state: State

    private enum State {
        /// Connected and silent. Becomes `lookingUp` or `ready` by a hello; `closed` by anything else, or at the deadline.
        case expectingHello(deadline: Date)
        /// Said hello with a UAID, which the store is being asked about. Frames wait. Becomes `ready`, or `closed` when the
        /// store fails or stays away too long.
        case lookingUp(UAID, Hello, waiting: [String], deadline: Date)
        /// Has its hello reply; messages flow. Becomes `closed`.
        case ready(Ready)
        /// Nothing more is done. The end.
        case closed
    }

    /// - Parameters:
    ///   - newUAID: a fresh random one, for a user agent that brings none that we know.
    ///   - board: what is announced now; nil where nothing ever is.
    public init(rules: SessionRules, newUAID: UAID, board: BroadcastBoard? = nil, now: Date) {
        self.rules = rules
        self.board = board
        self.newUAID = newUAID
        state = .expectingHello(deadline: now.addingTimeInterval(rules.limits.helloDeadlineSeconds))
    }

    /// When the next ``SessionEvent/tick`` is needed, if at all.
    public var deadline: Date? {
        switch state {
        case .expectingHello(let deadline): deadline
        case .lookingUp(_, _, _, let deadline): deadline
        case .ready(let ready): ready.nextRecord
        case .closed: nil
        }
    }

    /// Messages that were sent and not yet acknowledged. Means nothing once the session is closed.
    public var inFlight: InFlight {
        if case .ready(let ready) = state { ready.window.inFlightCount } else { InFlight() }
    }

    public var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Takes one event; gives what must be done now. After a `close` every event gives nothing.
    public mutating func handle(_ event: SessionEvent, now: Date) -> [SessionAction] {
        if isClosed { return [] }
        if let end = end(by: event) { return close(end) }
        if case .announced(let news) = event { board = news }
        switch (state, event) {
        case (.expectingHello(let deadline), .tick): return now < deadline ? [] : close(.helloTimedOut)
        case (.expectingHello, .frame(let frame)): return receiveHello(frame, now: now)
        case (.lookingUp(let uaid, let hello, let waiting, let deadline), .frame(let frame)):
            return wait(frame, behind: waiting, of: uaid, hello, until: deadline)
        case (.lookingUp(_, _, _, let deadline), .tick): return now < deadline ? [] : close(.storeFailed)
        case (.lookingUp(let uaid, let hello, let waiting, _), .lookedUp(let number)):
            return identify(number == nil ? newUAID : uaid, number, hello, waiting: waiting, now: now)
        case (.ready, _): return advance(by: event, now: now)
        // Offers are left in the store until there is a reply; answers to questions not asked mean nothing.
        case (.expectingHello, _), (.lookingUp, _), (.closed, _): return []
        }
    }

    /// How a session ends by this event, whatever its state.
    private func end(by event: SessionEvent) -> SessionClose? {
        switch event {
        case .replaced: .replaced
        case .serverStopping: .serverStopping
        case .storeFailed: .storeFailed
        case .frame(let frame) where frame.utf8.count > rules.limits.frameBytes: .frameTooLarge(limitBytes: rules.limits.frameBytes)
        default: nil
        }
    }

    // MARK: Before the hello reply

    private mutating func receiveHello(_ frame: String, now: Date) -> [SessionAction] {
        guard case .hello(let hello)? = try? ClientMessage(frame: frame) else {
            return close(.protocolFault("the first frame must be a hello"))
        }
        guard let uaid = hello.uaid.flatMap({ UAID($0) }) else {
            return identify(newUAID, nil, hello, waiting: [], now: now)
        }
        state = .lookingUp(uaid, hello, waiting: [], deadline: now.addingTimeInterval(rules.limits.lookUpDeadlineSeconds))
        return [.lookUp(uaid)]
    }

    private mutating func wait(
        _ frame: String, behind waiting: [String], of uaid: UAID, _ hello: Hello, until deadline: Date
    ) -> [SessionAction] {
        guard waiting.count < rules.limits.framesBeforeHelloReply else {
            return close(.protocolFault("wait for the hello reply before sending more"))
        }
        state = .lookingUp(uaid, hello, waiting: waiting + [frame], deadline: deadline)
        return []
    }

    /// - Parameter number: nil for a user agent that is new.
    private mutating func identify(
        _ uaid: UAID, _ number: ConnectionNumber?, _ hello: Hello, waiting: [String], now: Date
    ) -> [SessionAction] {
        let isNew = number == nil
        var ready = Ready(uaid: uaid, isNew: isNew, wanted: hello.urgency, rules: rules, now: now)
        // Attached before the first load is asked for, so that no message falls between the two.
        let greeting: [SessionAction] = [
            .attach(uaid, number ?? .first), .send(.hello(uaid, ready.take(interest: hello.broadcasts, board))),
            .note(.identified(isNew: isNew)),
        ]
        let first = ready.loadIfDue()
        state = .ready(ready)
        return greeting + first + waiting.flatMap { handle(.frame($0), now: now) }
    }

    // MARK: After it

    private mutating func advance(by event: SessionEvent, now: Date) -> [SessionAction] {
        guard case .ready(var ready) = state else { return [] }
        // One owner at a time: else every change would copy the collections inside.
        state = .closed
        do {
            let actions = try ready.handle(event, board, now: now)
            state = .ready(ready)
            return actions
        } catch {
            return [.close(error.close)]
        }
    }

    private mutating func close(_ close: SessionClose) -> [SessionAction] {
        state = .closed
        return [.close(close)]
    }
}
