<?php
// Saves many revisions in one process, without what a save usually brings along. Standard input holds a revision a line, in the
// order in which they are to be saved: ["title", "text", "author", "20260102030405"]. Standard output ends with an object that
// gives for each title, as it was written, [page id, newest revision id].

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
	private const REVISIONS_IN_A_TRANSACTION = 500;

	private IDatabase $db;
	private CommentStoreComment $summary;
	/** @var UserIdentity[] by name */
	private array $authors = [];
	/** @var array<string,array{WikiPage,?RevisionRecord}> by title: the pages of this transaction, with what was saved last */
	private array $pages = [];

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
			$written = [];
			for ( $i = 0; $i < self::REVISIONS_IN_A_TRANSACTION; $i++ ) {
				$line = fgets( STDIN );
				if ( $line === false ) {
					break;
				}
				$revision = json_decode( $line, true, 8, JSON_THROW_ON_ERROR );
				$written[$revision[0]] = $this->save( ...$revision );
			}
			foreach ( $this->pages as [ $page, $saved ] ) {
				// A last revision of 0 is how WikiPage is told that the page is new, which it is until it has a second one.
				$page->updateRevisionOn( $this->db, $saved, $saved->getParentId() ? null : 0 );
			}
			foreach ( $written as $name => $key ) {
				[ $page, $saved ] = $this->pages[$key];
				$ids[$name] = [ $page->getId(), $saved->getId() ];
			}
			$this->commitTransaction( $this->db, __METHOD__ );
			flock( $turn, LOCK_UN );
			// Every page and every title that was ever made stays in memory otherwise.
			$this->pages = [];
			Title::clearCaches();
		}
		$this->output( "\nimported: " . json_encode( (object)$ids ) . "\n" );
	}

	/** Gives the page's name among those of this transaction. */
	private function save( string $name, string $text, string $author, string $time ): string {
		$title = Title::newFromText( $name );
		if ( !$title || !$title->canExist() ) {
			$this->fail( "'$name' cannot be the title of a page." );
		}
		$key = $title->getPrefixedDBkey();
		if ( !isset( $this->pages[$key] ) ) {
			$page = $this->getServiceContainer()->getWikiPageFactory()->newFromTitle( $title );
			$page->insertOn( $this->db );
			// The new row, or the one of a page that was there.
			$page->loadPageData( IDBAccessObject::READ_LATEST );
			$this->pages[$key] = [ $page, null ];
		}
		[ $page, $before ] = $this->pages[$key];
		$parent = $before ? $before->getId() : $page->getLatest();
		$this->pages[$key][1] = $this->revision( $page, $parent, $text, $author, $time );
		return $key;
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
