import WebPush

/// - Returns: the code of the error that `work` throws; nil when it throws none.
func refusal(_ work: () throws -> some Any) -> WebPushError.Code? {
    error(of: work)?.code
}

func error(of work: () throws -> some Any) -> WebPushError? {
    do {
        _ = try work()
        return nil
    } catch {
        return error as? WebPushError
    }
}
