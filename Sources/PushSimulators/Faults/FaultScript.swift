/// What goes wrong, in order: the first fault that meets a request and has times left is the one that happens.
public struct FaultScript: Sendable, Equatable {
    public private(set) var faults: [Fault]
    /// Chance begins here; the same script and the same requests give the same faults.
    public let seed: UInt64
    private var chance: SeededChance
    /// How many times each fault happened.
    public private(set) var happened: [Int]

    public static let none = FaultScript([])

    public init(_ faults: [Fault], seed: UInt64 = 1) {
        self.faults = faults
        self.seed = seed
        chance = SeededChance(seed: seed)
        happened = faults.map { _ in 0 }
    }

    /// What a fault may look at.
    public struct Circumstances: Sendable {
        public var port: SimulatedPort
        public var kind: Verdict.Kind
        public var targets: [String]
        /// Before this one, on its connection.
        public var earlierRequests: Int

        public init(port: SimulatedPort, kind: Verdict.Kind, targets: [String], earlierRequests: Int) {
            self.port = port
            self.kind = kind
            self.targets = targets
            self.earlierRequests = earlierRequests
        }
    }

    public var isEmpty: Bool { faults.isEmpty }

    /// - Returns: the fault that happens now, and whom of the targets it is about; nil when all goes well.
    public mutating func next(_ circumstances: Circumstances) -> (fault: Fault, tokens: [String])? {
        for index in faults.indices {
            let fault = faults[index]
            if let times = fault.times, happened[index] >= times { continue }
            guard fault.meets(circumstances) else { continue }
            let tokens = circumstances.targets.filter(fault.meets(token:))
            if fault.isAboutTokens, tokens.isEmpty { continue }
            if let rate = fault.rate, chance.next() >= rate { continue }
            happened[index] += 1
            return (fault, tokens)
        }
        return nil
    }
}

extension Fault {
    fileprivate func meets(_ circumstances: FaultScript.Circumstances) -> Bool {
        if let provider, provider != circumstances.port.provider { return false }
        if let environment, environment != circumstances.port.environment { return false }
        if let belongs_to, belongs_to == circumstances.port.environment || circumstances.port.environment == nil { return false }
        let wanted = on ?? "push"
        if wanted != "any", wanted != circumstances.kind.rawValue { return false }
        return circumstances.earlierRequests >= after_requests ?? 0
    }

    fileprivate var isAboutTokens: Bool { token != nil || token_prefix != nil }

    fileprivate func meets(token other: String) -> Bool {
        if let token, token != other { return false }
        if let token_prefix, !other.hasPrefix(token_prefix) { return false }
        return true
    }
}

/// SplitMix64: small, fast, and the same everywhere.
struct SeededChance: Sendable, Equatable, RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, 1.
    mutating func next() -> Double { Double((next() as UInt64) >> 11) / 9_007_199_254_740_992 }
}
