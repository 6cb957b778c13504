extension Collection<UInt8> {
    /// Whether a comma stands in it, as JSON, right before the end of a list or an object: no JSON (RFC 8259), but Foundation lets it pass.
    public var hasTrailingComma: Bool {
        var isInString = false, isEscaped = false, last = UInt8(ascii: " ")
        for byte in self {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isInString: isEscaped = true
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isInString, last == UInt8(ascii: ",") { return true }
            default: break
            }
            if byte > 0x20, !isInString { last = byte }
        }
        return false
    }
}
