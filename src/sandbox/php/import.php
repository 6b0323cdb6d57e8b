<?php
// Saves many pages in one process, without what a save usually brings along. Standard input holds a page a line:
// ["title", [["text", "author", "20260102030405"], …]]. Standard output ends with a list of [page id, newest
// revision id], in the same order.

use MediaWiki\CommentStore\CommentStoreComment;
use MediaWiki\Maintenance\Maintenance;
use MediaWiki\Revision\MutableRevisionRecord;
use MediaWiki\Revision\RevisionRecord;
use MediaWiki\Revision\SlotRecord;
use MediaWiki\Title\Title;
use MediaWiki\User\UserIdentity;
use Wikimedia\Rdbms\IDatabase;
use Wikimedia\Rdbms\IDBAccessObject;

class SandboxImport extends Maintenance {
	private const PAGES_IN_A_TRANSACTION = 200;

	private IDatabase $db;
	private CommentStoreComment $summary;
	/** @var UserIdentity[] by name */
	private array $authors = [];

	public function execute() {
		$this->db = $this->getPrimaryDB();
		// One object for all revisions: it knows its row after the first.
		$this->summary = CommentStoreComment::newUnsavedComment( '' );
		// As the router does it: writers take turns.
		$turn = fopen( __DIR__ . '/data/turn.lock', 'c' );
		$ids = [];
		while ( !feof( STDIN ) ) {
			flock( $turn, LOCK_EX );
			$this->beginTransaction( $this->db, __METHOD__ );
			for ( $i = 0; $i < self::PAGES_IN_A_TRANSACTION; $i++ ) {
				$line = fgets( STDIN );
				if ( $line === false ) {
					break;
				}
				$ids[] = $this->page( ...json_decode( $line, true, 8, JSON_THROW_ON_ERROR ) );
			}
			$this->commitTransaction( $this->db, __METHOD__ );
			flock( $turn, LOCK_UN );
			// Every title that was ever made stays in memory otherwise.
			Title::clearCaches();
		}
		$this->output( "\nimported: " . json_encode( $ids ) . "\n" );
	}

	private function page( string $name, array $revisions ): array {
		$title = Title::newFromText( $name );
		if ( !$title || !$title->canExist() ) {
			$this->fail( "'$name' cannot be the title of a page." );
		}
		$page = $this->getServiceContainer()->getWikiPageFactory()->newFromTitle( $title );
		$page->insertOn( $this->db );
		// The new row, or the one of a page that was there.
		$page->loadPageData( IDBAccessObject::READ_LATEST );
		$parent = $page->getLatest();
		$saved = null;
		foreach ( $revisions as [ $text, $author, $time ] ) {
			$saved = $this->revision( $page, $parent, $text, $author, $time );
			$parent = $saved->getId();
		}
		if ( !$saved ) {
			$this->fail( "'$name' has no revisions to import." );
		}
		// A last revision of 0 is how WikiPage is told that the page is new, which it is until it has a second one.
		$page->updateRevisionOn( $this->db, $saved, $saved->getParentId() ? null : 0 );
		return [ $page->getId(), $saved->getId() ];
	}

	private function revision(
		WikiPage $page, int $parent, string $text, string $author, string $time
	): RevisionRecord {
		$content = $page->getContentHandler()->unserializeContent( $text );
		$revision = new MutableRevisionRecord( $page->getTitle() );
		$revision->setPageId( $page->getId() );
		$revision->setParentId( $parent );
		$revision->setContent( SlotRecord::MAIN, $content );
		$revision->setUser( $this->author( $author ) );
		$revision->setTimestamp( $time );
		$revision->setComment( $this->summary );
		return $this->getServiceContainer()->getRevisionStore()->insertRevisionOn( $revision, $this->db );
	}

	private function author( string $name ): UserIdentity {
		if ( !isset( $this->authors[$name] ) ) {
			$user = $this->getServiceContainer()->getUserIdentityLookup()->getUserIdentityByName( $name );
			if ( !$user || !$user->isRegistered() ) {
				$this->fail( "There is no account '$name'." );
			}
			$this->authors[$name] = $user;
		}
		return $this->authors[$name];
	}

	private function fail( string $message ): never {
		$this->rollbackTransaction( $this->db, 'SandboxImport::execute' );
		$this->fatalError( $message );
	}
}

return SandboxImport::class;
