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
    private let codec: EndpointCodec
    private let limits: PushServiceLimits
    private let newUAID: UAID
    private var state: State

    private enum State {
        /// Connected and silent. Becomes `lookingUp` or `ready` by a hello; `closed` by anything else, or at the deadline.
        case expectingHello(deadline: Date)
        /// Said hello with a UAID, which the store is being asked about. Frames wait. Becomes `ready`, or `closed` when the
        /// store fails or stays away too long.
        case lookingUp(UAID, waiting: [String], deadline: Date)
        /// Has its hello reply; messages flow. Becomes `closed`.
        case ready(Ready)
        /// Nothing more is done. The end.
        case closed
    }

    /// - Parameter newUAID: a fresh random one, for a user agent that brings none that we know.
    public init(codec: EndpointCodec, limits: PushServiceLimits = .init(), newUAID: UAID, now: Date) {
        self.codec = codec
        self.limits = limits
        self.newUAID = newUAID
        state = .expectingHello(deadline: now.addingTimeInterval(limits.helloDeadlineSeconds))
    }

    /// When the next ``SessionEvent/tick`` is needed, if at all.
    public var deadline: Date? {
        switch state {
        case .expectingHello(let deadline): deadline
        case .lookingUp(_, _, let deadline): deadline
        case .ready(let ready): ready.nextRecord
        case .closed: nil
        }
    }

    public var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Takes one event; gives what must be done now. After a `close` every event gives nothing.
    public mutating func handle(_ event: SessionEvent, now: Date) -> [SessionAction] {
        if isClosed { return [] }
        if let end = end(by: event) { return close(end) }
        switch (state, event) {
        case (.expectingHello(let deadline), .tick): return now < deadline ? [] : close(.helloTimedOut)
        case (.expectingHello, .frame(let frame)): return receiveHello(frame, now: now)
        case (.lookingUp(let uaid, let waiting, let deadline), .frame(let frame)):
            return wait(frame, behind: waiting, of: uaid, until: deadline)
        case (.lookingUp(_, _, let deadline), .tick): return now < deadline ? [] : close(.storeFailed)
        case (.lookingUp(let uaid, let waiting, _), .lookedUp(let number)):
            return identify(number == nil ? newUAID : uaid, number, waiting: waiting, now: now)
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
        case .frame(let frame) where frame.utf8.count > limits.frameBytes: .frameTooLarge(limitBytes: limits.frameBytes)
        default: nil
        }
    }

    // MARK: Before the hello reply

    private mutating func receiveHello(_ frame: String, now: Date) -> [SessionAction] {
        guard case .hello(let text)? = try? ClientMessage(frame: frame) else {
            return close(.protocolFault("the first frame must be a hello"))
        }
        guard let uaid = text.flatMap({ UAID($0) }) else {
            return identify(newUAID, nil, waiting: [], now: now)
        }
        state = .lookingUp(uaid, waiting: [], deadline: now.addingTimeInterval(limits.lookUpDeadlineSeconds))
        return [.lookUp(uaid)]
    }

    private mutating func wait(
        _ frame: String, behind waiting: [String], of uaid: UAID, until deadline: Date
    ) -> [SessionAction] {
        guard waiting.count < limits.framesBeforeHelloReply else {
            return close(.protocolFault("wait for the hello reply before sending more"))
        }
        state = .lookingUp(uaid, waiting: waiting + [frame], deadline: deadline)
        return []
    }

    /// - Parameter number: nil for a user agent that is new.
    private mutating func identify(
        _ uaid: UAID, _ number: ConnectionNumber?, waiting: [String], now: Date
    ) -> [SessionAction] {
        let isNew = number == nil
        var ready = Ready(uaid: uaid, isNew: isNew, codec: codec, limits: limits, now: now)
        // Attached before the first load is asked for, so that no message falls between the two.
        let greeting: [SessionAction] = [
            .attach(uaid, number ?? .first), .send(.hello(uaid)), .note(.identified(isNew: isNew)),
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
            let actions = try ready.handle(event, now: now)
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
