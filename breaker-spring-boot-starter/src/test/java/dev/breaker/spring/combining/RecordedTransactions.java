package dev.breaker.spring.combining;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.SmartTransactionObject;

/** Transactions of nothing, one at a time, that write down what happens to them. */
@SuppressWarnings("serial")
final class RecordedTransactions extends AbstractPlatformTransactionManager {

    final transient List<String> log = new CopyOnWriteArrayList<>();
    boolean commitsFail;
    private transient volatile @Nullable Recorded current;

    private static final class Recorded implements SmartTransactionObject {
        private boolean rollbackOnly;

        @Override
        public boolean isRollbackOnly() {
            return rollbackOnly;
        }
    }

    @Override
    protected Object doGetTransaction() {
        Recorded existing = current;
        return existing == null ? new Recorded() : existing;
    }

    @Override
    protected boolean isExistingTransaction(Object transaction) {
        return transaction == current;
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
        current = (Recorded) transaction;
        log.add("begin");
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        if (commitsFail) {
            throw new TransactionSystemException("commit failed");
        }
        log.add("commit");
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
        log.add("rollback");
    }

    @Override
    protected void doSetRollbackOnly(DefaultTransactionStatus status) {
        ((Recorded) status.getTransaction()).rollbackOnly = true;
    }

    @Override
    protected void doCleanupAfterCompletion(Object transaction) {
        current = null;
    }
}
