extension Fault.ReplyBody {
    var everyMilliseconds: Int64 { Int64(max(1, every_ms ?? 100)) }

    /// The next bytes: first of the real body, then spaces without end, up to `bytes`.
    func piece(of body: [UInt8], after sent: Int) -> ([UInt8], isLast: Bool) {
        let wanted = max(1, piece_bytes ?? 1)
        let rest = bytes.map { max(0, $0 - sent) } ?? Int.max
        let size = min(wanted, rest)
        let real = Array(body.dropFirst(sent).prefix(size))
        return (real + Array(repeating: 0x20, count: size - real.count), size == rest)
    }
}
