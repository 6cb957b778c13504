import Crypto
import WebPush

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How many messages one core encrypts, beside the most that this processor could with this cryptographic library.
///
/// The limit counts only what no encryption can do without: a key from 32 random bytes, its public key, one Diffie-Hellman;
/// not even drawing the bytes. Both are measured in short turns, so that a busy machine slows both, and in the processor
/// time of this thread, so that other programs don't count. The medians are the result.
struct EncryptionBenchmark {
    var payloadBytes = 200
    var messagesPerTurn = 250
    var turns = 81

    /// - Returns: messages a second.
    func run() throws -> (limitPerSecond: Double, sealedPerSecond: Double) {
        let subscription = UserAgentKey().keys
        let peer = try P256.KeyAgreement.PublicKey(x963Representation: subscription.p256dh)
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: payloadBytes)
        var (limits, seals): ([Double], [Double]) = ([], [])
        for turn in -4..<turns {
            let limit = try perSecond { try agreeOnce(with: peer, keyBytes: $0) }
            let seal = try perSecond { _ in try MessageEncryption.seal(payload, for: subscription).count }
            guard turn >= 0 else { continue }  // the first ones warm up
            limits.append(limit)
            seals.append(seal)
        }
        return (median(limits), median(seals))
    }

    private func agreeOnce(with peer: P256.KeyAgreement.PublicKey, keyBytes: [UInt8]) throws -> Int {
        let key = try P256.KeyAgreement.PrivateKey(rawRepresentation: keyBytes)
        let secret = try key.sharedSecretFromKeyAgreement(with: peer)
        return key.publicKey.x963Representation.count + secret.withUnsafeBytes(\.count)
    }

    /// - Parameter work: takes 32 random bytes; returns something to be added up, lest the optimiser drop it.
    private func perSecond(_ work: ([UInt8]) throws -> Int) rethrows -> Double {
        let keys = (0..<messagesPerTurn).map { _ in randomKeyBytes() }
        var sum = 0
        let start = cpuSeconds()
        for key in keys { sum &+= try work(key) }
        let elapsedSeconds = cpuSeconds() - start
        precondition(sum > 0)
        return Double(messagesPerTurn) / elapsedSeconds
    }

    /// Less than the curve's order, thanks to its first bit.
    private func randomKeyBytes() -> [UInt8] {
        (0..<32).map { $0 == 0 ? .random(in: 0...0x7F) : .random(in: 0...0xFF) }
    }

    /// CPU time of the process, in which nothing else runs.
    private func cpuSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
