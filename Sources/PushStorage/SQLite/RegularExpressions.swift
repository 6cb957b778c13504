import Foundation
import GRDB
import Synchronization

/// `regexp_match(text, pattern, flags)`, as PostgreSQL has it, as far as we ask: null where nothing is found. Of flags there is `i`.
enum RegularExpressions {
    private static let compiled = Mutex<[String: NSRegularExpression]>([:])
    private static let limit = 32

    static let function = DatabaseFunction("regexp_match", argumentCount: 3, pure: true) { arguments in
        let words = arguments.compactMap { String.fromDatabaseValue($0) }
        guard words.count == 3 else { return nil }
        return try isFound(words[1], in: words[0], ignoringCase: words[2].contains("i")) ? words[1] : nil
    }

    private static func isFound(_ pattern: String, in text: String, ignoringCase: Bool) throws -> Bool {
        let expression = try compiled.withLock { compiled in
            let name = (ignoringCase ? "i" : "c") + pattern
            if let known = compiled[name] { return known }
            let expression = try NSRegularExpression(
                pattern: pattern, options: ignoringCase ? [.caseInsensitive, .dotMatchesLineSeparators] : .dotMatchesLineSeparators)
            if compiled.count >= limit { compiled.removeAll() }
            compiled[name] = expression
            return expression
        }
        return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
}
